#include "ecg_lora/plan/inference/inference_alternatives.h"

#include "ecg_lora/base/join.h"

namespace ecg_lora::plan {
namespace {

/// A setting of `input` and its arguments.
struct Setting {
  std::vector<std::string> arguments;
  InferenceInput input;
};

void take_bf16(Setting& setting, const AcceptedSettings& accepted) {
  setting.input.dtype = at::kBFloat16;
  setting.arguments.push_back(accepted.config ? "compute.dtype=bf16" : "--dtype bf16");
}

void take_nf4(Setting& setting, const AcceptedSettings& accepted) {
  setting.input.base.kind = nn::Quantisation::nf4;
  setting.arguments.push_back(accepted.config ? "compute.base_quantisation=nf4"
                                              : "--base-quantisation nf4");
}

void take_one_image(Setting& setting) {
  auto& prompts = setting.input.prompts;
  prompts.rows =
      std::max<std::int64_t>(1, prompts.rows / std::max<std::int64_t>(1, prompts.images));
  prompts.images = 1;
  setting.arguments.push_back("batch.images=1");
}

}  // namespace

RequiredMemory inference_memory(const BaseLoad& load, const InferenceInput& input) {
  const auto plan = plan_inference(input);
  return required_memory(load, plan.total(), plan.batch);
}

std::vector<Alternative> inference_alternatives(const BaseLoad& load, const InferenceInput& input,
                                                const AcceptedSettings& accepted) {
  const bool narrow = input.dtype == at::kFloat;
  const bool quantise = accepted.quantises && input.base.kind != nn::Quantisation::nf4;
  const bool fewer = accepted.batches && input.prompts.images > 1;
  std::vector<Alternative> alternatives;
  for (const bool nf4 : {false, true})
    for (const bool bf16 : {false, true})
      for (const bool one : {false, true}) {
        if ((!nf4 && !bf16 && !one) || (nf4 && !quantise) || (bf16 && !narrow) || (one && !fewer))
          continue;
        Setting setting{{}, input};
        if (bf16) take_bf16(setting, accepted);
        if (nf4) take_nf4(setting, accepted);
        if (one) take_one_image(setting);
        auto other = load;
        other.base = setting.input.base, other.dtype = setting.input.dtype;
        const auto words = joined(setting.arguments, std::identity(), " ");
        alternatives.push_back(
            {accepted.config ? "--set " + words : words, inference_memory(other, setting.input)});
      }
  return alternatives;
}

}  // namespace ecg_lora::plan
