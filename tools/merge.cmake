add_library(ecg_lora_card STATIC model_card.cpp)
target_link_libraries(ecg_lora_card PUBLIC ecg_lora_lora PRIVATE ecg_lora_flags)
ecg_lora_use_torch(ecg_lora_card)
ecg_lora_tool(merge SOURCES logits_check.cpp merge_recipe.cpp LINK ecg_lora_card ecg_lora_batch TORCH)
