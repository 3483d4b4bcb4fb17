if(NOT ECG_LORA_CORE_ONLY)
  add_library(ecg_lora_prompts STATIC identity.cpp prompt_source.cpp)
  target_link_libraries(ecg_lora_prompts
    PUBLIC ecg_lora_check ecg_lora_data ecg_lora_generate ecg_lora_lora
           ecg_lora_config ecg_lora_audit ecg_lora_loading ecg_lora_ranks
    PRIVATE ecg_lora_flags)
  ecg_lora_use_torch(ecg_lora_prompts)
  ecg_lora_tool(eval SOURCES eval_prompts.cpp eval_recipe.cpp eval_tasks.cpp partial_lines.cpp
                             task_asker.cpp task_asking.cpp ranks.cpp
                LINK ecg_lora_prompts ecg_lora_ranks ecg_lora_evaluation ecg_lora_config TORCH)
  ecg_lora_tool(predict SOURCES label_list.cpp ranks.cpp LINK ecg_lora_prompts ecg_lora_ranks TORCH)
endif()
