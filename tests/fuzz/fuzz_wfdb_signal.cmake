if(TARGET ecg_lora_wfdb)
  ecg_lora_fuzz(wfdb_signal
                SOURCES src/wfdb/clock.cpp src/wfdb/flac.cpp src/wfdb/formats.cpp
                        src/wfdb/header.cpp src/wfdb/lead_name.cpp src/wfdb/physical.cpp
                        src/wfdb/record.cpp src/wfdb/remarks.cpp src/wfdb/samples.cpp
                        src/wfdb/segments.cpp src/wfdb/signal_file.cpp src/wfdb/signal_line.cpp
                        ${ECG_LORA_FUZZ_FILES}
                LINK ${flac_LDFLAGS})
endif()
