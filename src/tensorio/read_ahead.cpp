#include "ecg_lora/tensorio/read_ahead.h"

#include <utility>

namespace ecg_lora::tensorio {

ReadAhead::ReadAhead(std::vector<ReadAheadItem> items, std::uint64_t window)
    : items_(std::move(items)), window_(window), thread_([this] { work(); }) {}

ReadAhead::~ReadAhead() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void ReadAhead::advance() {
  {
    const std::lock_guard lock(mutex_);
    // An item may be used before it was asked for; it is not asked for then.
    if (used_ < asked_) ahead_ -= items_[used_].bytes;
    ++used_;
  }
  changed_.notify_one();
}

void ReadAhead::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] {
      return stop_ || asked_ >= items_.size() || asked_ <= used_ || ahead_ < window_;
    });
    if (asked_ < used_) asked_ = used_;
    if (stop_ || asked_ >= items_.size()) return;
    const auto& item = items_[asked_++];
    ahead_ += item.bytes;
    lock.unlock();
    item.prefetch();
    lock.lock();
  }
}

}  // namespace ecg_lora::tensorio
