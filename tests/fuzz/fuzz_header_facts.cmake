ecg_lora_fuzz(header_facts
              SOURCES src/sources/header_facts.cpp src/wfdb/clock.cpp src/wfdb/facts.cpp
                      ${ECG_LORA_FUZZ_FILES})
