#include "ecg_lora/base/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <mutex>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/printable.h"
#include "terminal.h"

namespace ecg_lora {

namespace {

using std::chrono::steady_clock;

constexpr double kBarPeriod = 0.1, kLinePeriod = 10;  // s between redraws
constexpr std::int64_t kBarWidth = 24;                // columns

double seconds_since(steady_clock::time_point time) {
  return std::chrono::duration<double>(steady_clock::now() - time).count();
}

std::size_t terminal_width() {
  winsize size = {};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::string format_rate(double rate) {
  char text[32];
  std::snprintf(text, sizeof text, rate < 10 ? "%.2f" : "%.0f", rate);
  return text;
}

}  // namespace

std::string format_duration(double seconds) {
  if (!(seconds >= 0) || seconds > 1e9) return "unknown";
  const auto total = static_cast<std::int64_t>(std::llround(seconds));
  char text[48];
  if (total >= 3600) {
    std::snprintf(text, sizeof text, "%lld h %02lld min", total / 3600LL, total % 3600 / 60LL);
  } else if (total >= 60) {
    std::snprintf(text, sizeof text, "%lld min %02lld s", total / 60LL, total % 60LL);
  } else {
    std::snprintf(text, sizeof text, "%lld s", static_cast<long long>(total));
  }
  return text;
}

Progress::Progress(std::string label, std::int64_t total, std::string unit)
    : label_(std::move(label)),
      unit_(std::move(unit)),
      total_(total),
      start_(steady_clock::now()),
      drawn_(start_),
      terminal_(isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  try {
    finish();
  } catch (...) {  // a destructor that runs while an error unwinds must not throw a second one
    finished_ = true;
  }
}

void Progress::advance(std::int64_t steps, const std::string& note) {
  static std::mutex threads;  // that work side by side may share one
  const std::lock_guard lock(threads);
  done_ += steps;
  if (!note.empty()) note_ = note;
  if (seconds_since(drawn_) >= (terminal_ ? kBarPeriod : kLinePeriod)) draw(false);
}

void Progress::finish() {
  if (finished_) return;
  finished_ = true;
  draw(true);
}

void Progress::draw(bool last) {
  if (only_trouble()) return;
  const double elapsed = seconds_since(start_);
  const double rate = elapsed > 0 ? static_cast<double>(done_) / elapsed : 0;
  drawn_ = steady_clock::now();
  shown_ = true;
  std::string status =
      cat(done_, "/", total_, " ", unit_, ", ", format_rate(rate), " ", unit_, "/s, ");
  if (last) {
    status += cat("took ", format_duration(elapsed));
  } else {
    status += rate > 0 ? cat(format_duration(static_cast<double>(total_ - done_) / rate), " left")
                       : "starting";
  }
  if (!note_.empty()) status += ", " + note_;
  if (last || !terminal_) return log_info(label_ + ": " + status);

  const auto filled =
      total_ > 0 ? std::clamp<std::int64_t>(kBarWidth * done_ / total_, 0, kBarWidth) : 0;
  std::string line =
      cat(printable(label_), " [", std::string(static_cast<std::size_t>(filled), '#'),
          std::string(static_cast<std::size_t>(kBarWidth - filled), '-'), "] ", printable(status));
  line.resize(std::min(line.size(), terminal_width() - 1));
  const std::lock_guard lock(terminal_mutex());
  std::fprintf(stderr, "\r\x1b[K%s", line.c_str());
  std::fflush(stderr);
  bar_is_open() = true;
}

}  // namespace ecg_lora
