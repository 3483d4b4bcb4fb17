if(NOT ECG_LORA_CORE_ONLY)
  ecg_lora_tool(compare SOURCES compare_runs.cpp LINK ecg_lora_scoring)
endif()
