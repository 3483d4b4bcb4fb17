ecg_lora_fuzz(ptbxl_csv
              SOURCES src/ecg/ptbxl/records.cpp src/ecg/ptbxl/scp_codes.cpp src/base/csv.cpp
                      src/base/csv_reader.cpp src/base/suggest.cpp ${ECG_LORA_FUZZ_FILES})
