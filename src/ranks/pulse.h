// Which rank is gone, when the connections say only that one is.
#pragma once

#include <torch/csrc/distributed/c10d/Store.hpp>

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "ecg_lora/ranks/group.h"

namespace ecg_lora::ranks {

/// Shows the others that this process lives, by a count in the store that grows until the pulse is
/// destroyed.
class Pulse {
 public:
  /// `store` is this object's own connection.
  Pulse(c10::intrusive_ptr<c10d::Store> store, Place place);
  ~Pulse();
  Pulse(const Pulse&) = delete;
  Pulse& operator=(const Pulse&) = delete;

  /// "rank 1 is gone", after watching the others for two seconds.
  std::string who_is_gone();

 private:
  void beat();
  std::string watch();
  void wait_for_the_others();

  const c10::intrusive_ptr<c10d::Store> store_;
  const Place place_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace ecg_lora::ranks
