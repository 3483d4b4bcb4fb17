#include "ecg_lora/cost/energy.h"

namespace ecg_lora::cost {

EnergyMeter::EnergyMeter(std::unique_ptr<EnergyCounter> counter, std::chrono::milliseconds every)
    : counter_(std::move(counter)),
      every_(every),
      start_(std::chrono::steady_clock::now()),
      sampled_(start_) {
  if (!counter_->available()) return;
  thread_ = std::thread([this] {
    std::unique_lock<std::mutex> lock(mutex_);
    while (!wake_.wait_for(lock, every_, [this] { return stop_; })) sample();
  });
}

EnergyMeter::~EnergyMeter() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

/// With the mutex held.
void EnergyMeter::sample() {
  if (!counter_->available()) return;
  counter_->sample();
  if (counter_->available()) sampled_ = std::chrono::steady_clock::now();
}

EnergyUse EnergyMeter::read() {
  const std::lock_guard<std::mutex> lock(mutex_);
  sample();
  EnergyUse use;
  use.why = counter_->why();
  use.seconds = std::chrono::duration<double>(sampled_ - start_).count();
  if (counter_->available() || use.seconds > 0) use.joules = counter_->joules();
  return use;
}

}  // namespace ecg_lora::cost
