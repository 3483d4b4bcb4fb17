if(NOT ECG_LORA_CORE_ONLY)
  ecg_lora_tool(report LINK ecg_lora_report ecg_lora_train TORCH)
endif()
