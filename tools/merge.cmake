add_library(ecg_lora_card STATIC model_card.cpp)
target_link_libraries(ecg_lora_card PUBLIC ecg_lora_lora PRIVATE ecg_lora_flags)
ecg_lora_use_torch(ecg_lora_card)
ecg_lora_tool(merge SOURCES logits_check.cpp merge_recipe.cpp
              LINK ecg_lora_card ecg_lora_check ecg_lora_batch TORCH)
if(TARGET ecg_lora_text)  # for tokenizer.json beside weights from Meta's layout
  target_link_libraries(ecg-lora-merge PRIVATE ecg_lora_text)
  target_compile_definitions(ecg-lora-merge PRIVATE ECG_LORA_TEXT)
endif()
