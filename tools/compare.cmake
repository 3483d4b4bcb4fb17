if(NOT ECG_LORA_CORE_ONLY)
  ecg_lora_tool(compare
    DESCRIPTION "Puts runs of ecg-lora eval side by side, with paired differences of each from \
the first"
    SOURCES compare_runs.cpp LINK ecg_lora_scoring)
endif()
