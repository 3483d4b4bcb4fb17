// What the layers of each kind keep for the backward pass, as docs/users/plan.md lists it.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "ecg_lora/lora/targets.h"
#include "ecg_lora/plan/training/training_plan.h"

namespace ecg_lora::plan {

/// Sizes that the tables are written in. Padding counts as tokens: of rows in the text, of tiles in
/// the vision tower; image tokens are what the tower hands on.
struct Sizes {
  explicit Sizes(const TrainingInput& input);
  std::int64_t padded_tokens, text_tokens, image_tokens, vision_tokens;
  std::int64_t element;  ///< bytes of the compute dtype
  bool one_pass;         ///< norms are computed in one pass, see nn::has_row_operations()
  bool wide() const { return element == 4; }
};

/// Ranks of the adapters by module name, 0 for none. In full-parameter training every linear keeps
/// its input, in the compute dtype.
class Ranks {
 public:
  explicit Ranks(const TrainingInput& input);
  std::int64_t of(const std::string& module) const;
  std::int64_t outputs(const std::string& module) const {
    return outputs_.at(module);
  }  ///< width of its output; of adapted modules
  bool full() const { return full_; }
  bool dora() const { return dora_; }
  std::int64_t dropout_bytes() const {
    return dropout_bytes_;
  }  ///< a value of dropout's mask; 0 without dropout

 private:
  std::map<std::string, std::int64_t> ranks_, outputs_;
  bool full_, dora_;
  std::int64_t dropout_bytes_;
};

LayerKind vision_layer(const TrainingInput& input, const Sizes& sizes, const Ranks& ranks,
                       const std::string& prefix, bool gated);
/// `wanted` is how many tokens go on behind the attention: all, in the last layer those with an
/// answer.
LayerKind self_layer(const TrainingInput& input, const Sizes& sizes, const Ranks& ranks,
                     const std::string& prefix, std::int64_t wanted);
LayerKind cross_layer(const TrainingInput& input, const Sizes& sizes, const Ranks& ranks,
                      const std::string& prefix, std::int64_t wanted, bool image_gradient);

/// Operations of a step: multiply-adds, counted twice. Backward through a frozen weight costs one
/// more product of its size, attention two and a half. `linears` are lora::linears_of() the model.
double step_flops(const TrainingInput& input, const Sizes& sizes, const Ranks& ranks,
                  const std::vector<lora::Target>& linears);

}  // namespace ecg_lora::plan
