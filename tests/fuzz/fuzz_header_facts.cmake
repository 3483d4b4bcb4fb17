ecg_lora_fuzz(header_facts
              SOURCES src/ecg/collections/header_facts.cpp src/ecg/wfdb/base_time.cpp
                      src/ecg/wfdb/patient_facts.cpp ${ECG_LORA_FUZZ_FILES})
