if(NOT ECG_LORA_CORE_ONLY)
  ecg_lora_tool(compare LINK ecg_lora_report)
endif()
