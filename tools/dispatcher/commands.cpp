#include "commands.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sstream>

#include "command_list.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/suggest.h"

namespace ecg_lora::tools {
namespace {

namespace fs = std::filesystem;

const std::string kPrefix = "ecg-lora-";
constexpr std::size_t kWidth = 80, kIndent = 14;  // columns

auto entry_of(const std::string& command) {
  return std::find_if(kCommandList.begin(), kCommandList.end(),
                      [&](const auto& entry) { return entry.first == command; });
}

/// The name of a command and its sentence, in lines of at most `width` columns.
std::string entry_text(const std::string& command) {
  std::string line = "  " + command, text;
  line.resize(std::max(line.size() + 1, kIndent), ' ');
  const auto entry = entry_of(command);
  std::istringstream words(entry == kCommandList.end() ? "" : entry->second);
  for (std::string word; words >> word; line += word + " ")
    if (line.size() + word.size() > kWidth && line.size() > kIndent) {
      text += line.substr(0, line.size() - 1) + "\n";
      line.assign(kIndent, ' ');
    }
  return text + line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
}

}  // namespace

std::vector<std::string> find_commands(const fs::path& folder) {
  std::vector<std::string> commands;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const auto name = entry.path().filename().string();
    if (name.starts_with(kPrefix) && access(entry.path().c_str(), X_OK) == 0)
      commands.push_back(name.substr(kPrefix.size()));
  }
  std::sort(commands.begin(), commands.end(), [](const auto& a, const auto& b) {
    return std::pair(entry_of(a), std::string_view(a)) <
           std::pair(entry_of(b), std::string_view(b));
  });
  return commands;
}

std::string help_text(const std::vector<std::string>& commands) {
  std::string text =
      "Fine-tune LLaMA 3.2 Vision on ECG pages with LoRA, evaluate it, and export what was "
      "learned.\n\n"
      "usage: ecg-lora <command> [options]\n       ecg-lora <command> --help\n       ecg-lora "
      "--version\n\ncommands:\n";
  for (const auto& command : commands) text += entry_text(command);
  return text + "\nexample: ecg-lora train --config configs/quickstart.json\n";
}

void run_command(const fs::path& folder, const std::string& command, char** arguments) {
  const auto commands = find_commands(folder);
  if (std::find(commands.begin(), commands.end(), command) == commands.end()) {
    const auto near = nearest(command, commands);
    throw_usage("'", command, "': no such command",
                near.empty() ? "" : "; the nearest is '" + near + "'",
                "; ecg-lora --help lists all");
  }
  const auto path = (folder / (kPrefix + command)).string();
  execv(path.c_str(), arguments);
  throw_usage(path, ": cannot be run: ", std::strerror(errno));
}

}  // namespace ecg_lora::tools
