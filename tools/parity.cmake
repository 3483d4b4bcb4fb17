ecg_lora_tool(parity
  DESCRIPTION "Computes logits, loss and adapter gradients of given inputs, for comparison with \
transformers and peft"
  SOURCES parity_pass.cpp parity_room.cpp
              LINK ecg_lora_plan ecg_lora_train ecg_lora_check ecg_lora_batch TORCH)
