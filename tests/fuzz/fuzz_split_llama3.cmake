ecg_lora_fuzz(split_llama3 SOURCES src/text/split_llama3.cpp)
