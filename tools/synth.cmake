if(NOT ECG_LORA_CORE_ONLY)
  ecg_lora_tool(synth SOURCES synth_data.cpp synth_model.cpp LINK ecg_lora_synth ecg_lora_tiny ecg_lora_config)
endif()
