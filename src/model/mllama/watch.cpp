#include "ecg_lora/model/mllama/watch.h"

#include "ecg_lora/base/error.h"
#include "ecg_lora/tensorio/finite.h"

namespace ecg_lora::model {
namespace {

thread_local StateWatch* living = nullptr;

}  // namespace

StateWatch::StateWatch() {
  living = this;
}
StateWatch::~StateWatch() {
  living = nullptr;
}

void StateWatch::see(const char* layers, std::int64_t index, const at::Tensor& state) {
  if (!living || living->first_ || tensorio::all_finite(state)) return;
  living->first_ = index < 0 ? std::string(layers) : cat(layers, ".", index);
}

void throw_not_finite(Mllama& model, const data::Batch& batch, const at::Tensor& image_states) {
  const at::NoGradGuard guard;
  StateWatch watch;
  auto images = image_states;
  if (batch.pixels.defined()) images = model->encode_images(batch);
  model->logits(model->hidden(batch, images));
  const auto where = watch.first()
                         ? cat("the first part whose output is not finite is ", *watch.first())
                         : std::string(
                               "all parts are finite for the prompt, so that it begins "
                               "with the answer's tokens");
  throw_numerics("a logit is not finite, expected numbers: ", where,
                 "; use compute.dtype fp32 or bf16, and look at the base and the adapter");
}

}  // namespace ecg_lora::model
