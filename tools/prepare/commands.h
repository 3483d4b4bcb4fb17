// Subcommands of ecg-lora-prepare. Each adds itself to the application, with a callback that does
// its work.
#pragma once

#include <CLI/CLI.hpp>

void add_questions_command(CLI::App& app);
void add_audit_command(CLI::App& app);
void add_labels_command(CLI::App& app);
void add_external_command(CLI::App& app);
void add_wording_command(CLI::App& app);
