// A command's work divided among several runs of it, and their results put together.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ecg_lora/base/lock.h"

namespace ecg_lora {

/// Shard `number` of `count`, from 1 on: a list's items from begin() up to end(). The shards of a
/// list differ by one item at most, and follow one another.
struct Shard {
  std::size_t number = 1, count = 1;

  bool whole() const { return count == 1; }
  std::size_t begin(std::size_t size) const;
  std::size_t end(std::size_t size) const;
  std::string name() const;  ///< "2-of-4"
};

/// Of "2/4". Usage error for anything but "i/n" with i from 1 to n.
Shard parse_shard(const std::string& text);

/// The lock of `path`, once its present holder is done: for moments of work that several processes
/// do in turn. Usage error, with the holder, after a minute.
std::unique_ptr<OutputLock> wait_for_lock(const std::filesystem::path& path);

/// The file of a result of which each shard makes a part. A part lies next to the file, as
/// FILE.shard-2-of-4, until the last shard has made its own.
class ShardedFile {
 public:
  /// `file` is the whole; nothing is written yet.
  ShardedFile(std::filesystem::path file, Shard shard);

  /// This shard's part.
  std::filesystem::path part() const { return part(shard_.number); }
  /// Writes `text` as this shard's part. If all parts are there then, gives their texts in order to
  /// `join`, which writes the whole, removes them, and returns true. One shard at a time does this.
  bool add(const std::string& text,
           const std::function<void(const std::vector<std::string>&)>& join) const;
  /// How many parts are there.
  std::size_t found() const;

 private:
  std::filesystem::path part(std::size_t number) const;

  std::filesystem::path file_;
  Shard shard_;
};

}  // namespace ecg_lora
