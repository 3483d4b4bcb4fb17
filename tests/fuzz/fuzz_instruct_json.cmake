ecg_lora_fuzz(instruct_json
              SOURCES src/instruct/fields.cpp src/instruct/item.cpp src/instruct/markers.cpp
                      src/instruct/scanner.cpp src/instruct/unread.cpp src/base/json.cpp
                      ${ECG_LORA_FUZZ_FILES})
