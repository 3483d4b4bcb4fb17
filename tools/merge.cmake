ecg_lora_tool(merge LINK ecg_lora_lora TORCH)
