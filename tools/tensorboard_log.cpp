#include "tensorboard_log.h"

#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <chrono>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "tensorboard_event.pb.h"

namespace ecg_lora::tools {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::uint32_t, 256> crc_table = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    auto value = i;
    for (int bit = 0; bit < 8; ++bit) value = value >> 1 ^ (value & 1 ? 0x82f63b78u : 0u);  // Castagnoli's polynomial, reflected
    table[i] = value;
  }
  return table;
}();

double now() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

template <class Integer>
std::string little_endian(Integer value) {
  std::string bytes;
  for (std::size_t i = 0; i < sizeof value; ++i) bytes.push_back(static_cast<char>(value >> (8 * i) & 0xff));
  return bytes;
}

std::string host_name() {
  char name[256] = {};
  return gethostname(name, sizeof name - 1) == 0 && name[0] != 0 ? name : "localhost";
}

/// The number at `key`, where there is one, under `tag`.
void add_value(tensorboard::Summary& summary, const Json& line, const std::string& key, const std::string& tag) {
  const auto found = line.find(key);
  if (found == line.end() || !found->is_number()) return;
  auto* value = summary.add_value();
  value->set_tag(tag);
  value->set_simple_value(found->get<float>());
}

}  // namespace

std::uint32_t masked_crc32c(std::string_view bytes) {
  std::uint32_t crc = ~0u;
  for (const char c : bytes) crc = crc >> 8 ^ crc_table[(crc ^ static_cast<unsigned char>(c)) & 0xff];
  return std::rotr(~crc, 15) + 0xa282ead8u;
}

TensorboardLog::TensorboardLog(const fs::path& folder, std::int64_t step)
    : file_(folder / cat("events.out.tfevents.", static_cast<std::int64_t>(now()), ".", host_name(), ".", getpid())) {
  std::error_code error;
  fs::create_directories(folder, error);
  errno = 0;
  out_.open(file_, std::ios::binary | std::ios::app);
  if (!out_) throw_write(file_, errno);
  tensorboard::Event version;
  version.set_wall_time(now());
  version.set_file_version("brain.Event:2");
  write(version.SerializeAsString());
  tensorboard::Event start;
  start.set_wall_time(now());
  start.set_step(step + 1);
  start.mutable_session_log()->set_status(tensorboard::SessionLog::START);
  write(start.SerializeAsString());
}

void TensorboardLog::add(const Json& line) {
  tensorboard::Event event;
  auto& summary = *event.mutable_summary();
  for (const char* key : {"loss", "lr", "grad_norm", "samples_per_s", "tokens_per_s", "seconds", "data_wait_s", "memory_mib"}) add_value(summary, line, key, std::string("train/") + key);
  add_value(summary, line, "validation_loss", "validation/loss");
  add_value(summary, line, "validation_auroc", "validation/auroc");
  if (line.contains("auroc"))
    for (const auto& [label, value] : line["auroc"].items()) add_value(summary, line["auroc"], label, "validation/auroc/" + label);
  if (summary.value_size() == 0) return;
  event.set_wall_time(now());
  event.set_step(line.at("step").get<std::int64_t>());
  write(event.SerializeAsString());
}

void TensorboardLog::write(const std::string& message) {
  const auto length = little_endian(static_cast<std::uint64_t>(message.size()));
  errno = 0;
  out_ << length << little_endian(masked_crc32c(length)) << message << little_endian(masked_crc32c(message)) << std::flush;
  if (!out_) throw_write(file_, errno);
}

}  // namespace ecg_lora::tools
