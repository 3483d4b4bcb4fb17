// A thread that writes while the caller computes.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace ecg_lora::lora {

/// Runs jobs in the order given, on a thread of its own. At most `most` wait, so that the memory
/// that they hold is bounded.
class WriteBehind {
 public:
  explicit WriteBehind(std::size_t most);
  ~WriteBehind();

  /// Waits for room. Throws what a job threw.
  void push(std::function<void()> job);
  /// Waits until all are done. Throws what a job threw.
  void finish();

 private:
  void work();
  void rethrow();

  std::size_t most_;
  std::deque<std::function<void()>> waiting_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool closing_ = false, busy_ = false;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace ecg_lora::lora
