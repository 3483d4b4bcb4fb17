// Errors that end a command, and the exit code each kind maps to.
#pragma once

#include <sstream>
#include <stdexcept>
#include <string>

namespace ecg_lora {

/// Exit codes of every executable.
enum class ExitCode : int {
  done = 0,
  usage = 2,
  data = 3,
  checkpoint = 4,
  numerics = 5,
  interrupted = 75
};

/// One sentence for the user: what, where, expected, got, and what to do.
class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ExitCode code() const noexcept { return code_; }

 private:
  ExitCode code_;
};

/// Joins its arguments as operator<< would print them.
template <class... Args>
std::string cat(const Args&... args) {
  std::ostringstream out;
  (out << ... << args);
  return out.str();
}

/// Usage or configuration error (exit code 2).
template <class... Args>
[[noreturn]] void throw_usage(const Args&... args) {
  throw Error(ExitCode::usage, cat(args...));
}
/// Damaged, missing or inconsistent data (exit code 3).
template <class... Args>
[[noreturn]] void throw_data(const Args&... args) {
  throw Error(ExitCode::data, cat(args...));
}
/// Checkpoint or adapter that cannot be used (exit code 4).
template <class... Args>
[[noreturn]] void throw_checkpoint(const Args&... args) {
  throw Error(ExitCode::checkpoint, cat(args...));
}
/// Loss or gradients that are not finite (exit code 5).
template <class... Args>
[[noreturn]] void throw_numerics(const Args&... args) {
  throw Error(ExitCode::numerics, cat(args...));
}

}  // namespace ecg_lora
