#include "ecg_lora/train/logging/event_file.h"

#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <chrono>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/wire_format.h"
#include "masked_crc32c.h"

namespace ecg_lora::train {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::uint32_t, 256> kCrcTable = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    auto value = i;
    for (int bit = 0; bit < 8; ++bit)
      value = value >> 1 ^ (value & 1 ? 0x82f63b78u : 0u);  // Castagnoli's polynomial, reflected
    table[i] = value;
  }
  return table;
}();

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// Field numbers of tensorboard/compat/proto/event.proto and summary.proto.
enum Field : std::uint32_t {
  event_wall_time = 1,
  event_step = 2,
  event_file_version = 3,
  event_summary = 5,
  event_session_log = 7,
  summary_value = 1,
  value_tag = 1,
  value_simple_value = 2,
  session_status = 1
};
constexpr std::int64_t kSessionStart = 1;

/// An Event that happens now, with one field more.
std::string event(std::int64_t step, Field field, const std::string& content) {
  return wire::double_field(event_wall_time, seconds_now()) +
         wire::integer_field(event_step, step) + wire::bytes_field(field, content);
}

std::string host_name() {
  char name[256] = {};
  return gethostname(name, sizeof name - 1) == 0 && name[0] != 0 ? name : "localhost";
}

/// The number at `key` as a value of a Summary under `tag`; empty where there is none.
std::string scalar(const Json& line, const std::string& key, const std::string& tag) {
  const auto found = line.find(key);
  if (found == line.end() || !found->is_number()) return "";
  return wire::bytes_field(summary_value,
                           wire::bytes_field(value_tag, tag) +
                               wire::float_field(value_simple_value, found->get<float>()));
}

}  // namespace

std::uint32_t masked_crc32c(std::string_view bytes) {
  std::uint32_t crc = ~0u;
  for (const char c : bytes)
    crc = crc >> 8 ^ kCrcTable[(crc ^ static_cast<unsigned char>(c)) & 0xff];
  return std::rotr(~crc, 15) + 0xa282ead8u;
}

EventFile::EventFile(const fs::path& folder, std::int64_t step)
    : file_(folder / cat("events.out.tfevents.", static_cast<std::int64_t>(seconds_now()), ".",
                         host_name(), ".", getpid())) {
  std::error_code error;
  fs::create_directories(folder, error);
  errno = 0;
  out_.open(file_, std::ios::binary | std::ios::app);
  if (!out_) throw_write(file_, errno);
  write(event(0, event_file_version, "brain.Event:2"));
  write(event(step + 1, event_session_log, wire::integer_field(session_status, kSessionStart)));
}

void EventFile::add(const Json& line) {
  std::string summary;
  for (const char* key : {"loss", "lr", "grad_norm", "samples_per_s", "tokens_per_s", "seconds",
                          "data_wait_s", "memory_mib"})
    summary += scalar(line, key, std::string("train/") + key);
  summary += scalar(line, "validation_loss", "validation/loss") +
             scalar(line, "validation_auroc", "validation/auroc");
  if (line.contains("auroc"))
    for (const auto& [label, auroc] : line["auroc"].items())
      summary += scalar(line["auroc"], label, "validation/auroc/" + label);
  if (!summary.empty()) write(event(line.at("step").get<std::int64_t>(), event_summary, summary));
}

void EventFile::write(const std::string& message) {
  const auto length = wire::little_endian(static_cast<std::uint64_t>(message.size()));
  errno = 0;
  out_ << length << wire::little_endian(masked_crc32c(length)) << message
       << wire::little_endian(masked_crc32c(message)) << std::flush;
  if (!out_) throw_write(file_, errno);
}

}  // namespace ecg_lora::train
