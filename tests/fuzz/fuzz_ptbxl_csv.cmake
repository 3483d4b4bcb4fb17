ecg_lora_fuzz(ptbxl_csv
  SOURCES src/ptbxl/records.cpp src/ptbxl/scp_codes.cpp src/base/csv.cpp src/base/csv_reader.cpp src/base/file.cpp
          src/base/atomic.cpp src/base/suggest.cpp)
