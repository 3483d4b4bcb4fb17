#include "ecg_lora/base/shard.h"

#include <charconv>
#include <chrono>
#include <thread>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"

namespace ecg_lora {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxShards = 100000;

/// The number that all of `text` is; 0 if it is none.
std::size_t shard_number(std::string_view text) {
  std::size_t value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  return status == std::errc() && end == text.data() + text.size() ? value : 0;
}

}  // namespace

std::size_t Shard::begin(std::size_t size) const {
  // Without the product of both, which may be too large for a number.
  return size / count * (number - 1) + size % count * (number - 1) / count;
}

std::size_t Shard::end(std::size_t size) const {
  return Shard{number + 1, count}.begin(size);
}

std::string Shard::name() const {
  return cat(number, "-of-", count);
}

Shard parse_shard(const std::string& text) {
  const auto slash = text.find('/');
  Shard shard;
  shard.number = shard_number(std::string_view(text).substr(0, slash));
  shard.count =
      slash == std::string::npos ? 0 : shard_number(std::string_view(text).substr(slash + 1));
  if (shard.number < 1 || shard.number > shard.count || shard.count > kMaxShards)
    throw_usage("--shard '", text,
                "': expected i/n with i from 1 to n, such as 1/4 to 4/4, and n up to ", kMaxShards,
                "; start one command per shard");
  return shard;
}

std::unique_ptr<OutputLock> wait_for_lock(const fs::path& path) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  for (;;) try {
      return std::make_unique<OutputLock>(path);
    } catch (const Error& error) {
      if (error.code() != ExitCode::usage || std::chrono::steady_clock::now() > end) throw;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

ShardedFile::ShardedFile(fs::path file, Shard shard) : file_(std::move(file)), shard_(shard) {}

fs::path ShardedFile::part(std::size_t number) const {
  return file_.string() + ".shard-" + Shard{number, shard_.count}.name();
}

std::size_t ShardedFile::found() const {
  std::size_t found = 0;
  for (std::size_t i = 1; i <= shard_.count; ++i) found += fs::exists(part(i)) ? 1 : 0;
  return found;
}

bool ShardedFile::add(const std::string& text,
                      const std::function<void(const std::vector<std::string>&)>& join) const {
  const auto lock = wait_for_lock(file_.string() + ".shards");
  write_file(part(), text);
  if (found() < shard_.count) return false;
  std::vector<std::string> texts;
  for (std::size_t i = 1; i <= shard_.count; ++i) texts.push_back(read_file(part(i)));
  join(texts);
  for (std::size_t i = 1; i <= shard_.count; ++i) fs::remove(part(i));
  return true;
}

}  // namespace ecg_lora
