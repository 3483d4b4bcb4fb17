// Subcommands of ecg-lora-synth. Each adds itself to the application, with a callback that does its
// work.
#pragma once

#include <CLI/CLI.hpp>

void add_data_command(CLI::App& app);
void add_model_command(CLI::App& app);
