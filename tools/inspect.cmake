if(NOT ECG_LORA_CORE_ONLY)
  ecg_lora_tool(inspect SOURCES inspect_adapter.cpp inspect_checkpoint.cpp inspect_config.cpp
                        inspect_data.cpp inspect_instruct.cpp inspect_record.cpp inspect_tensors.cpp inspect_text.cpp
                LINK ecg_lora_recipe TORCH)
endif()
