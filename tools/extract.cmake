ecg_lora_tool(extract LINK ecg_lora_lora ecg_lora_check TORCH)
