ecg_lora_fuzz(planted)
if(ECG_LORA_CAN_FUZZ)
  set_tests_properties(fuzz_planted PROPERTIES PASS_REGULAR_EXPRESSION "heap-buffer-overflow")
endif()
