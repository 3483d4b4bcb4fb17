// Where in a model numbers stop being finite.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ecg_lora/model/mllama/mllama.h"

namespace ecg_lora::model {

/// While one lives, models show it the output of each of their layers in this thread. One at a time
/// per thread.
class StateWatch {
 public:
  StateWatch();
  ~StateWatch();
  StateWatch(const StateWatch&) = delete;
  StateWatch& operator=(const StateWatch&) = delete;

  /// What models call: `layers` is the name of a list of layers, and `index` the place in it; -1
  /// for a part that is no list. Costs nothing while no watch lives.
  static void see(const char* layers, std::int64_t index, const at::Tensor& state);

  /// Name of the first part whose output holds NaN or infinity.
  const std::optional<std::string>& first() const { return first_; }

 private:
  std::optional<std::string> first_;
};

/// Numerics error (exit code 5) that names the first layer whose output is not finite, found by one
/// more pass over `batch`. For a caller that has met a logit that is not finite.
[[noreturn]] void throw_not_finite(Mllama& model, const data::Batch& batch,
                                   const at::Tensor& image_states);

}  // namespace ecg_lora::model
