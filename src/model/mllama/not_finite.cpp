#include "ecg_lora/model/mllama/not_finite.h"

#include <optional>
#include <string>

#include "ecg_lora/base/error.h"
#include "ecg_lora/tensorio/finite.h"

namespace ecg_lora::model {
namespace {

/// While one lives, the first part of `model` whose output is not finite is noted.
class FirstNotFinite {
 public:
  explicit FirstNotFinite(Mllama& model) : model_(model) {
    model_->set_output_observer([this](const std::string& part, const at::Tensor& output) {
      if (!part_ && !tensorio::all_finite(output)) part_ = part;
    });
  }
  ~FirstNotFinite() { model_->set_output_observer(nullptr); }
  FirstNotFinite(const FirstNotFinite&) = delete;
  FirstNotFinite& operator=(const FirstNotFinite&) = delete;

  const std::optional<std::string>& part() const { return part_; }

 private:
  Mllama& model_;
  std::optional<std::string> part_;
};

}  // namespace

void throw_not_finite(Mllama& model, const data::Batch& batch, const at::Tensor& image_states) {
  const at::NoGradGuard guard;
  const FirstNotFinite first(model);
  auto images = image_states;
  if (batch.pixels.defined()) images = model->encode_images(batch);
  model->logits(model->hidden(batch, images));
  const auto where = first.part()
                         ? cat("the first part whose output is not finite is ", *first.part())
                         : std::string(
                               "all parts are finite for the prompt, so that it begins "
                               "with the answer's tokens");
  throw_numerics("a logit is not finite, expected numbers: ", where,
                 "; use compute.dtype fp32 or bf16, and look at the base and the adapter");
}

}  // namespace ecg_lora::model
