if(NOT ECG_LORA_CORE_ONLY)
  ecg_lora_tool(prepare SOURCES prepare_audit.cpp prepare_labels.cpp LINK ecg_lora_audit ecg_lora_sources ecg_lora_ptbxl)
endif()
