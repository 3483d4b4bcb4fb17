// Which rank is gone, when the connections say only that one is.
#pragma once

#include <torch/csrc/distributed/c10d/Store.hpp>

#include <memory>
#include <string>

#include "ecg_lora/train/distributed/group.h"

namespace ecg_lora::distributed {

/// Shows the others that this process lives, by a count in the store that grows until the pulse is
/// destroyed.
class Pulse {
 public:
  /// `store` is this object's own connection.
  Pulse(c10::intrusive_ptr<c10d::Store> store, LaunchEnvironment launch);
  /// Returns within a second, whatever the process does that holds the store.
  ~Pulse();
  Pulse(const Pulse&) = delete;
  Pulse& operator=(const Pulse&) = delete;

  /// "rank 1 is gone", after watching the others for two seconds. Returns within ten.
  std::string who_is_gone();

 private:
  struct State;
  const std::shared_ptr<State> state_;  ///< also of a thread that waits for a store that hangs
};

}  // namespace ecg_lora::distributed
