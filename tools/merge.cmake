add_library(ecg_lora_card STATIC model_card.cpp exported.cpp)
target_link_libraries(ecg_lora_card PUBLIC ecg_lora_lora ecg_lora_check ecg_lora_generate ecg_lora_cost
                      PRIVATE ecg_lora_flags)
ecg_lora_use_torch(ecg_lora_card)
if(TARGET ecg_lora_text)  # for stop tokens, and tokenizer.json beside weights from Meta's layout
  target_link_libraries(ecg_lora_card PRIVATE ecg_lora_text)
  target_compile_definitions(ecg_lora_card PRIVATE ECG_LORA_TEXT)
endif()
ecg_lora_tool(merge SOURCES logits_check.cpp merge_recipe.cpp merge_room.cpp
              LINK ecg_lora_card ecg_lora_check ecg_lora_batch ecg_lora_room TORCH)
