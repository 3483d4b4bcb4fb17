if(NOT ECG_LORA_CORE_ONLY)
  ecg_lora_tool(prepare SOURCES prepare_audit.cpp prepare_external.cpp prepare_labels.cpp prepare_questions.cpp prepare_subjects.cpp prepare_summary.cpp prepare_wording.cpp wording_use.cpp
                LINK ecg_lora_audit ecg_lora_sources ecg_lora_instruct ecg_lora_config)
  set_target_properties(ecg-lora-prepare PROPERTIES UNITY_BUILD OFF)  # each command has its own Arguments and run()
endif()
