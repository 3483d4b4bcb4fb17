ecg_lora_tool(parity LINK ecg_lora_train ecg_lora_batch TORCH)
