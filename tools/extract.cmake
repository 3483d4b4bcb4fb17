ecg_lora_tool(extract
  DESCRIPTION "Makes a PEFT adapter of what a fine-tuned checkpoint changed"
  SOURCES merge_room.cpp LINK ecg_lora_lora ecg_lora_check ecg_lora_room TORCH)
