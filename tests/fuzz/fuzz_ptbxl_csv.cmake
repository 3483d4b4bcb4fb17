ecg_lora_fuzz(ptbxl_csv
              SOURCES src/ptbxl/records.cpp src/ptbxl/scp_codes.cpp src/base/csv.cpp
                      src/base/csv_reader.cpp src/base/suggest.cpp ${ECG_LORA_FUZZ_FILES})
