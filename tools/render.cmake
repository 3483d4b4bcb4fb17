if(NOT ECG_LORA_CORE_ONLY)
  ecg_lora_tool(render LINK ecg_lora_render ecg_lora_ptbxl ecg_lora_config)
endif()
