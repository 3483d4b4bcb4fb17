ecg_lora_fuzz(wfdb_header SOURCES src/wfdb/header.cpp)
