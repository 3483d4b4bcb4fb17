#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/printable.h"
#include "terminal.h"

namespace ecg_lora {

namespace {

// Never destroyed: threads may still log while the process exits.
spdlog::logger& logger() {
  static auto* instance = [] {
    auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    sink->set_pattern("[%H:%M:%S] %l: %v");
    auto* made = new spdlog::logger("ecg-lora", sink);
    made->flush_on(spdlog::level::info);
    return made;
  }();
  return *instance;
}

void write_line(spdlog::level::level_enum level, const std::string& message) {
  const std::lock_guard lock(terminal_mutex());
  clear_bar();
  const auto shown = printable(message);
  logger().log(level, spdlog::string_view_t(shown.data(), shown.size()));
}

}  // namespace

void log_info(const std::string& message) {
  if (only_trouble()) return;
  write_line(spdlog::level::info, message);
}
void log_warn(const std::string& message) {
  write_line(spdlog::level::warn, message);
}
void log_error(const std::string& message) {
  write_line(spdlog::level::err, message);
}

void log_to_file(const std::filesystem::path& file) {
  try {
    auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(file.string());
    sink->set_pattern("[%Y-%m-%d %H:%M:%S] %l: %v");
    const std::lock_guard lock(terminal_mutex());
    logger().sinks().push_back(sink);
  } catch (const spdlog::spdlog_ex& error) {
    throw_data(file.string(), ": the log cannot be opened: ", error.what());
  }
}

}  // namespace ecg_lora
