// Command-line parsing with the exit codes of this project (CLI11's own run from 100 upwards).
#pragma once

#include <CLI/CLI.hpp>
#include <iostream>
#include <optional>
#include <sstream>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/printable.h"
#include "ecg_lora/command_line/version_line.h"

namespace ecg_lora {

/// Parses the command line, with --version as one more option. The exit code to leave with if
/// --help or --version was asked for (0) or the command line is wrong (2, after one sentence on
/// stderr); nothing if the command shall run.
inline std::optional<int> parse_command_line(CLI::App& app, int argc, char** argv) {
  app.set_version_flag("--version", version_line(), "Print the version and exit");
  try {
    app.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    std::ostringstream trouble;
    const int code = app.exit(error, std::cout, trouble);
    std::cerr << printable(trouble.str());
    return static_cast<int>(code == 0 ? ExitCode::done : ExitCode::usage);
  }
}

}  // namespace ecg_lora
