ecg_lora_fuzz(wfdb_header
              SOURCES src/ecg/wfdb/base_time.cpp src/ecg/wfdb/header.cpp src/ecg/wfdb/lead_name.cpp
                      src/ecg/wfdb/header_warnings.cpp src/ecg/wfdb/signal_line.cpp
                      ${ECG_LORA_FUZZ_FILES})
