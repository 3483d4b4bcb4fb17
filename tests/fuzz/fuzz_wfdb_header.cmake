ecg_lora_fuzz(wfdb_header
              SOURCES src/wfdb/clock.cpp src/wfdb/header.cpp src/wfdb/lead_name.cpp
                      src/wfdb/remarks.cpp src/wfdb/signal_line.cpp ${ECG_LORA_FUZZ_FILES})
