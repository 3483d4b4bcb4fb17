#include "write_behind.h"

namespace ecg_lora::lora {

WriteBehind::WriteBehind(std::size_t most) : most_(most), thread_([this] { work(); }) {}

WriteBehind::~WriteBehind() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void WriteBehind::push(std::function<void()> job) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return waiting_.size() < most_ || failure_; });
  rethrow();
  waiting_.push_back(std::move(job));
  changed_.notify_all();
}

void WriteBehind::finish() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return (waiting_.empty() && !busy_) || failure_; });
  rethrow();
}

void WriteBehind::rethrow() {
  if (failure_) std::rethrow_exception(failure_);
}

void WriteBehind::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return closing_ || !waiting_.empty(); });
    if (closing_ || failure_) return;  // what waits is dropped: the file is not committed
    auto job = std::move(waiting_.front());
    waiting_.pop_front();
    busy_ = true;
    lock.unlock();
    std::exception_ptr failure;
    try {
      job();
    } catch (...) {
      failure = std::current_exception();
    }
    job = nullptr;  // with the tensor that it holds
    lock.lock();
    busy_ = false;
    failure_ = failure;
    changed_.notify_all();
    if (failure) return;
  }
}

}  // namespace ecg_lora::lora
