// A thread that writes while the caller computes.
#pragma once

#include <ATen/ATen.h>

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace ecg_lora::lora {

/// Runs `write` on each tensor in the order given, on a thread of its own. At most `most` wait, so that memory is bounded.
class WriteBehind {
 public:
  explicit WriteBehind(std::function<void(const at::Tensor&)> write, std::size_t most = 2);
  ~WriteBehind();

  /// Waits for room. Throws what `write` threw.
  void push(at::Tensor part);
  /// Waits until all is written. Throws what `write` threw.
  void finish();

 private:
  void work();
  void rethrow();

  std::function<void(const at::Tensor&)> write_;
  std::size_t most_;
  std::deque<at::Tensor> waiting_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool closing_ = false, busy_ = false;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace ecg_lora::lora
