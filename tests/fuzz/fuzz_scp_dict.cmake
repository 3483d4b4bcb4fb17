ecg_lora_fuzz(scp_dict SOURCES src/ecg/ptbxl/scp_codes.cpp)
