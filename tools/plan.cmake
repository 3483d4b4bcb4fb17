if(NOT ECG_LORA_CORE_ONLY)
  ecg_lora_tool(plan SOURCES plan_recipe.cpp plan_other.cpp merge_room.cpp eval_prompts.cpp
                LINK ecg_lora_recipe ecg_lora_plan TORCH)
endif()
