if(NOT ECG_LORA_CORE_ONLY)
  ecg_lora_tool(render SOURCES render_check.cpp render_files.cpp render_source.cpp
                LINK ecg_lora_render ecg_lora_ptbxl ecg_lora_config Threads::Threads)
endif()
