# `ecg-lora <command>` runs the executable `ecg-lora-<command>` beside it.
add_executable(ecg-lora ecg-lora.cpp)
target_link_libraries(ecg-lora PRIVATE ecg_lora_flags ecg_lora_version)
