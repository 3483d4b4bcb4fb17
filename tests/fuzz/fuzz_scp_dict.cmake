ecg_lora_fuzz(scp_dict SOURCES src/ptbxl/scp_codes.cpp)
