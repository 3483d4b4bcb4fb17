if(NOT ECG_LORA_CORE_ONLY)
  ecg_lora_tool(report
    DESCRIPTION "Shows a training run as one HTML page that stands alone: curves, warnings, \
sample pages with the answers as they change, cost, data and config"
    LINK ecg_lora_report ecg_lora_train TORCH)
endif()
