#include "ecg_lora/export/logits_check.h"

#include <torch/torch.h>

#include <iomanip>
#include <sstream>

#include "ecg_lora/base/error.h"
#include "ecg_lora/lora/adapter_file.h"
#include "ecg_lora/lora/lora.h"
#include "ecg_lora/model/checkpoint/open_checkpoint.h"
#include "ecg_lora/model/mllama/mllama.h"

namespace ecg_lora::exports {
namespace {

constexpr std::int64_t kTokenCount = 12;

/// One row: the image token, then tokens spread over the vocabulary; one image on the first canvas,
/// a ramp of grey.
data::Batch fixed_batch(const model::ModelConfig& config) {
  const auto tiles = config.vision.max_tiles, size = config.vision.image_size;
  data::Batch batch;
  batch.tokens = at::arange(1, kTokenCount + 1)
                     .mul(7919)
                     .remainder(config.text.vocab_size)
                     .view({1, kTokenCount});
  batch.tokens[0][0] = config.image_token_id;
  batch.attention_mask = at::ones_like(batch.tokens);
  batch.pixels = at::zeros({1, tiles, 3, size, size});
  batch.pixels[0][0].copy_(at::linspace(-1, 1, size).expand({3, size, size}));
  batch.aspect_ratio_id = at::ones({1}, at::kLong);
  batch.aspect_ratio_mask = at::zeros({1, tiles}, at::kLong);
  batch.aspect_ratio_mask[0][0] = 1;
  batch.row_images = at::zeros({1, 1}, at::kLong);
  batch.cross_mask = at::zeros({1, kTokenCount, 1, tiles}, at::kBool);
  batch.cross_mask.select(3, 0).fill_(true);
  batch.labels = at::full_like(batch.tokens, -100);
  return batch;
}

at::Tensor logits_of(model::Mllama& model) {
  const at::NoGradGuard guard;
  model->eval();
  const auto batch = fixed_batch(model->config());
  return model->logits(model->hidden(batch, model->encode_images(batch))).to(at::kFloat).cpu();
}

at::ScalarType dtype_of(const std::filesystem::path& folder) {
  const auto checkpoint = model::open_checkpoint(folder);
  return checkpoint->info(checkpoint->names().front()).dtype;
}

/// A weight that stays in its file: pages are read when it is used, and the system may take their
/// memory back. Of the 11B shape in bf16, 19 of 21 GB.
class WeightInFile : public nn::PackedWeightImpl {
 public:
  explicit WeightInFile(at::Tensor weight) : weight_(std::move(weight)) {}
  at::Tensor dense(at::ScalarType dtype) const override { return weight_.to(dtype); }

 private:
  at::Tensor weight_;
};

/// With `in_file`, linears whose dtype in the file is `dtype` are not copied into memory.
model::Mllama load(const std::filesystem::path& folder, at::ScalarType dtype, bool in_file,
                   std::optional<model::VisionStates> states = {}) {
  model::BaseQuantisation storage;
  if (in_file)
    storage.shard = [](const std::string&, const at::Tensor& weight) {
      return std::make_shared<WeightInFile>(weight);
    };
  return model::load_model(folder, at::kCPU, dtype, storage, states);
}

}  // namespace

LogitsCheck compare_logits(const std::filesystem::path& base,
                           std::optional<model::VisionStates> states,
                           const std::filesystem::path& adapter,
                           const std::filesystem::path& merged) {
  const auto dtype = dtype_of(merged);
  at::Tensor expected;
  {
    auto model = load(base, dtype, lora::AdapterFile(adapter).leaves_base_unchanged(), states);
    lora::load_adapter(model, adapter);
    expected = logits_of(model);
  }
  auto model = load(merged, dtype, /*in_file=*/true);
  LogitsCheck check;
  check.difference =
      ((logits_of(model) - expected).abs().max() / expected.abs().max()).item<double>();
  check.dtype = dtype == at::kFloat ? "fp32" : dtype == at::kBFloat16 ? "bf16" : "fp16";
  check.allowed = dtype == at::kFloat ? 1e-5 : dtype == at::kBFloat16 ? 0.1 : 0.02;
  return check;
}

std::string to_string(const LogitsCheck& check) {
  std::ostringstream out;
  out << "logits, largest difference over the largest logit: " << std::scientific
      << std::setprecision(1) << check.difference << ", allowed " << check.allowed << " in "
      << check.dtype;
  return out.str();
}

void require_equal(const LogitsCheck& check, const std::string& merged) {
  if (!(check.difference <= check.allowed))
    throw_checkpoint("the logits of ", merged, " differ from those of base and adapter by ",
                     check.difference, " of the largest, expected at most ", check.allowed,
                     "; report this with --report");
}

}  // namespace ecg_lora::exports
