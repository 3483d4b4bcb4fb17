ecg_lora_fuzz(wfdb_header SOURCES src/wfdb/clock.cpp src/wfdb/header.cpp src/base/inside.cpp)
