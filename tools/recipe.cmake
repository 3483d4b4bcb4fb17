if(NOT ECG_LORA_CORE_ONLY)
  add_library(ecg_lora_recipe STATIC base_room.cpp recipe.cpp wording_use.cpp)
  target_link_libraries(ecg_lora_recipe
    PUBLIC ecg_lora_check ecg_lora_data ecg_lora_train ecg_lora_config ecg_lora_audit
           ecg_lora_provenance ecg_lora_room
    PRIVATE ecg_lora_flags)
  ecg_lora_use_torch(ecg_lora_recipe)
endif()
