if(TARGET ecg_lora_ecg_wfdb)
  ecg_lora_fuzz(wfdb_signal
                SOURCES src/ecg/wfdb/base_time.cpp src/ecg/wfdb/flac.cpp src/ecg/wfdb/formats.cpp
                        src/ecg/wfdb/header.cpp src/ecg/wfdb/lead_name.cpp src/ecg/wfdb/physical.cpp
                        src/ecg/wfdb/record.cpp src/ecg/wfdb/header_warnings.cpp
                        src/ecg/wfdb/samples.cpp src/ecg/wfdb/segments.cpp
                        src/ecg/wfdb/signal_file.cpp src/ecg/wfdb/signal_line.cpp
                        ${ECG_LORA_FUZZ_FILES}
                LINK ${flac_LDFLAGS})
endif()
