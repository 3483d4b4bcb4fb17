// The logging face without spdlog, for core-only builds; the same lines as log_spdlog.cpp.
#include <cstdio>
#include <ctime>
#include <fstream>
#include <list>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/printable.h"
#include "terminal.h"

namespace ecg_lora {

namespace {

// Never destroyed: threads may still log while the process exits.
std::list<std::ofstream>& files() {
  static auto* instance = new std::list<std::ofstream>;
  return *instance;
}

std::string local_time(const char* format) {
  const std::time_t now = std::time(nullptr);
  std::tm parts = {};
  localtime_r(&now, &parts);
  char text[32];
  return std::string(text, std::strftime(text, sizeof text, format, &parts));
}

void write_line(const char* level, const std::string& message) {
  const std::lock_guard lock(terminal_mutex());
  clear_bar();
  const std::string line = cat(local_time("%H:%M:%S"), "] ", level, ": ", printable(message), "\n");
  std::fputs(("[" + line).c_str(), stderr);
  for (auto& file : files()) file << '[' << local_time("%Y-%m-%d ") << line << std::flush;
}

}  // namespace

void log_info(const std::string& message) {
  if (only_trouble()) return;
  write_line("info", message);
}
void log_warn(const std::string& message) {
  write_line("warning", message);
}
void log_error(const std::string& message) {
  write_line("error", message);
}

void log_to_file(const std::filesystem::path& file) {
  std::error_code ignored;
  if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), ignored);
  std::ofstream out(file, std::ios::app);
  if (!out)
    throw_data(file.string(), ": the log cannot be opened; check the path and its permissions");
  const std::lock_guard lock(terminal_mutex());
  files().push_back(std::move(out));
}

}  // namespace ecg_lora
