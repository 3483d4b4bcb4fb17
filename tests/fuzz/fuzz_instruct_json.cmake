ecg_lora_fuzz(instruct_json
              SOURCES src/instruct/format/item_fields.cpp src/instruct/format/instruction_item.cpp
                      src/instruct/format/markers.cpp src/instruct/format/scanner.cpp
                      src/instruct/format/turns.cpp src/instruct/format/unread.cpp src/base/json.cpp
                      ${ECG_LORA_FUZZ_FILES})
