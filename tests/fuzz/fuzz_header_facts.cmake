ecg_lora_fuzz(header_facts SOURCES src/sources/header_facts.cpp src/base/file.cpp src/base/atomic.cpp)
