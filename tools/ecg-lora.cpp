// The dispatcher: `ecg-lora <command> …` runs the executable `ecg-lora-<command>` beside it, as git
// does.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/base/suggest.h"
#include "ecg_lora/base/version.h"

namespace {

namespace fs = std::filesystem;

const std::string kPrefix = "ecg-lora-";

// In the order of the work. A command that is not listed here is shown as well, without a
// description.
const std::vector<std::pair<std::string, std::string>> kDescriptions = {
    {"synth", "write a synthetic data set in PTB-XL's layout, or a small model"},
    {"render", "draw recordings as ECG pages"},
    {"prepare", "make instruction samples and label sets, check splits for leaks"},
    {"plan", "estimate memory and time before anything is loaded"},
    {"train", "fine-tune a model with LoRA"},
    {"report", "show a training run as one page"},
    {"eval", "score a model on a split of the recordings"},
    {"compare", "put runs of eval side by side, with paired differences"},
    {"merge", "write base and adapter as one checkpoint"},
    {"predict", "answer one question on one recording or image"},
    {"inspect", "tell what a checkpoint, adapter, config, data set or recording holds"},
    {"parity", "compute logits and gradients for a comparison with the reference"},
};

/// Commands whose executables stand in `folder`.
std::vector<std::string> find_commands(const fs::path& folder) {
  std::vector<std::string> commands;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const auto name = entry.path().filename().string();
    if (name.starts_with(kPrefix) && access(entry.path().c_str(), X_OK) == 0)
      commands.push_back(name.substr(kPrefix.size()));
  }
  const auto rank = [](const std::string& command) {
    return std::find_if(kDescriptions.begin(), kDescriptions.end(),
                        [&](const auto& d) { return d.first == command; });
  };
  std::sort(commands.begin(), commands.end(), [&](const auto& a, const auto& b) {
    return std::pair(rank(a), std::string_view(a)) < std::pair(rank(b), std::string_view(b));
  });
  return commands;
}

void print_help(const std::vector<std::string>& commands) {
  const std::map<std::string, std::string> descriptions(kDescriptions.begin(), kDescriptions.end());
  std::cout
      << "Fine-tune LLaMA 3.2 Vision on ECG pages with LoRA, evaluate it, and export what was "
         "learned.\n\n"
         "usage: ecg-lora <command> [options]\n       ecg-lora <command> --help\n       ecg-lora "
         "--version\n\ncommands:\n";
  for (const auto& command : commands) {
    const auto found = descriptions.find(command);
    std::cout << "  " << command << std::string(12 - std::min<std::size_t>(command.size(), 11), ' ')
              << (found == descriptions.end() ? "" : found->second) << '\n';
  }
  std::cout << "\nexample: ecg-lora train --config configs/quickstart.json\n";
}

/// Replaces this process by the command; comes back only by an error.
[[noreturn]] void run_command(const fs::path& folder, const std::string& command,
                              char** arguments) {
  const auto commands = find_commands(folder);
  if (std::find(commands.begin(), commands.end(), command) == commands.end()) {
    const auto near = ecg_lora::nearest(command, commands);
    ecg_lora::throw_usage("'", command, "': no such command",
                          near.empty() ? "" : "; the nearest is '" + near + "'",
                          "; ecg-lora --help lists all");
  }
  const auto path = (folder / (kPrefix + command)).string();
  execv(path.c_str(), arguments);
  ecg_lora::throw_usage(path, ": cannot be run: ", std::strerror(errno));
}

int run(int argc, char** argv) {
  const auto folder = ecg_lora::executable_folder();
  const std::string first = argc > 1 ? argv[1] : "";
  if (first.empty())
    ecg_lora::throw_usage("expected a command, got none; ecg-lora --help lists all");
  if (first == "--version") {
    std::cout << ecg_lora::version_line() << '\n';
    return 0;
  }
  if (first == "--help" || first == "-h" || (first == "help" && argc == 2)) {
    print_help(find_commands(folder));
    return 0;
  }
  if (first == "help") {  // "ecg-lora help train" is "ecg-lora train --help"
    const std::string command = argv[2];
    char help[] = "--help";
    char* arguments[] = {argv[2], help, nullptr};
    run_command(folder, command, arguments);
  }
  const std::string name = kPrefix + first;
  argv[1] = const_cast<char*>(name.c_str());  // execv takes char* and does not write
  run_command(folder, first, argv + 1);
}

}  // namespace

int main(int argc, char** argv) {
  return ecg_lora::guarded([&] { return run(argc, argv); });
}
