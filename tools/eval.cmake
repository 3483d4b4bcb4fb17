if(NOT ECG_LORA_CORE_ONLY)
  add_library(ecg_lora_prompts STATIC base_room.cpp recipe.cpp wording_use.cpp)
  target_link_libraries(ecg_lora_prompts
    PUBLIC ecg_lora_check ecg_lora_data ecg_lora_generate ecg_lora_lora
           ecg_lora_config ecg_lora_audit ecg_lora_provenance ecg_lora_room
    PRIVATE ecg_lora_flags)
  ecg_lora_use_torch(ecg_lora_prompts)
  # From a file of answers to a report, without torch: eval and compare share it.
  add_library(ecg_lora_scoring STATIC
              eval_scoring.cpp linear_baseline.cpp probability_rows.cpp score_divisions.cpp
              score_source.cpp stated_wording.cpp task_formats.cpp task_join.cpp task_scoring.cpp
              task_source.cpp task_instructions.cpp task_options.cpp
              truth.cpp)
  target_link_libraries(ecg_lora_scoring PUBLIC ecg_lora_report ecg_lora_ptbxl ecg_lora_instruct
                        ecg_lora_measure PRIVATE ecg_lora_flags)
  ecg_lora_tool(eval
    DESCRIPTION "Asks a model about every recording of the test folds and scores its answers"
    SOURCES eval_prompts.cpp eval_recipe.cpp eval_tasks.cpp
                             task_asker.cpp task_asking.cpp ranks.cpp
                LINK ecg_lora_prompts ecg_lora_ranks ecg_lora_scoring ecg_lora_config TORCH)
  ecg_lora_tool(predict
    DESCRIPTION "Answers questions about ECGs, in words or with probabilities"
    SOURCES label_list.cpp ranks.cpp LINK ecg_lora_prompts ecg_lora_ranks TORCH)
endif()
