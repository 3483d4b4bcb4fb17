ecg_lora_fuzz(pickle SOURCES src/tensorio/pickle.cpp)
