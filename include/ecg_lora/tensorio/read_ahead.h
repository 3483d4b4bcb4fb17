// Reads from the disk what will be used next, while what was read before is worked on.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace ecg_lora::tensorio {

/// Something to read: its size in bytes, and what asks the system to read it into its cache.
struct ReadAheadItem {
  std::uint64_t bytes = 0;
  std::function<void()> prefetch;
};

/// A thread that asks for items in their order, at most `window` bytes ahead of the one in use.
/// The pages are the system's: the memory of this process does not grow.
class ReadAhead {
 public:
  static constexpr std::uint64_t kWindow = std::uint64_t{1} << 28;  ///< bytes

  explicit ReadAhead(std::vector<ReadAheadItem> items, std::uint64_t window = kWindow);
  ~ReadAhead();
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  /// To be called once per item, in order, when it was used.
  void advance();

 private:
  void work();

  std::vector<ReadAheadItem> items_;
  std::uint64_t window_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t used_ = 0;     ///< items
  std::uint64_t ahead_ = 0;  ///< bytes asked for and not used yet
  std::size_t asked_ = 0;    ///< items
  bool stop_ = false;
  std::thread thread_;  ///< last: it uses all of the above
};

}  // namespace ecg_lora::tensorio
