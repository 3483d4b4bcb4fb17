ecg_lora_tool(synth SOURCES synth_data.cpp LINK ecg_lora_synth)
