// The dispatcher: `ecg-lora <command> …` runs the executable `ecg-lora-<command>` in its own
// folder, as git does.
#include <iostream>

#include "commands.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/command_line/version_line.h"

namespace {

int run(int argc, char** argv) {
  using namespace ecg_lora;
  const auto folder = executable_folder();
  const std::string first = argc > 1 ? argv[1] : "";
  if (first.empty()) throw_usage("expected a command, got none; ecg-lora --help lists all");
  if (first == "--version") {
    std::cout << version_line() << '\n';
    return 0;
  }
  if (first == "--help" || first == "-h" || (first == "help" && argc == 2)) {
    std::cout << tools::help_text(tools::find_commands(folder));
    return 0;
  }
  if (first == "help") {  // "ecg-lora help train" is "ecg-lora train --help"
    char help[] = "--help";
    char* arguments[] = {argv[2], help, nullptr};
    tools::run_command(folder, argv[2], arguments);
  }
  std::string name = "ecg-lora-" + first;
  argv[1] = name.data();
  tools::run_command(folder, first, argv + 1);
}

}  // namespace

int main(int argc, char** argv) {
  return ecg_lora::guarded([&] { return run(argc, argv); });
}
