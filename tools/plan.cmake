if(NOT ECG_LORA_CORE_ONLY)
  ecg_lora_tool(plan
    DESCRIPTION "Says how much memory a command will take, from the shapes in config.json and the \
config alone; no weight is read"
    SOURCES plan_recipe.cpp plan_other.cpp merge_room.cpp eval_prompts.cpp
                LINK ecg_lora_recipe ecg_lora_plan TORCH)
endif()
