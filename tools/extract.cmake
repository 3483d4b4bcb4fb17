ecg_lora_tool(extract SOURCES merge_room.cpp LINK ecg_lora_lora ecg_lora_check ecg_lora_room TORCH)
