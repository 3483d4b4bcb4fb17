#include "ecg_lora/model/checkpoint/stored_dtype.h"

#include <c10/util/accumulate.h>

#include <map>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/model/checkpoint/open_checkpoint.h"
#include "ecg_lora/model/mllama/mllama.h"
#include "ecg_lora/model/shape/meta.h"

namespace ecg_lora::model {
namespace {

/// What the values of `stored` are computed in.
at::ScalarType computed_in(at::ScalarType stored) {
  return stored == at::kBFloat16 || stored == at::kHalf ? stored : at::kFloat;
}

/// By the dtype that is computed in: values of floating-point tensors.
std::map<at::ScalarType, std::int64_t> values_of(const tensorio::Checkpoint& checkpoint) {
  std::map<at::ScalarType, std::int64_t> values;
  for (const auto& name : checkpoint.names()) {
    const auto& info = checkpoint.info(name);
    if (!c10::isFloatingType(info.dtype)) continue;
    values[computed_in(info.dtype)] += c10::multiply_integers(info.shape);
  }
  return values;
}

/// As transformers writes it: `torch_dtype`, or `dtype` since version 5.
at::ScalarType named_dtype(const std::filesystem::path& folder) {
  const auto config = read_json(folder / "config.json", ExitCode::checkpoint);
  for (const char* key : {"dtype", "torch_dtype"}) {
    if (!config.is_object() || !config.contains(key) || !config[key].is_string()) continue;
    if (config[key] == "bfloat16") return at::kBFloat16;
    if (config[key] == "float16") return at::kHalf;
  }
  return at::kFloat;
}

/// Why training on weights that are stored in 16 bits takes fp32; empty if it takes them as stored.
std::string reason_for_fp32(at::ScalarType stored, Trainable trainable) {
  if (trainable == Trainable::none || stored == at::kFloat) return "";
  if (trainable == Trainable::full) return "the weights themselves are trained";
  return stored == at::kHalf ? "small gradients are 0 in fp16" : "";
}

}  // namespace

std::string dtype_name(at::ScalarType dtype) {
  if (dtype == at::kFloat) return "fp32";
  if (dtype == at::kBFloat16) return "bf16";
  return dtype == at::kHalf ? "fp16" : c10::toString(dtype);
}

at::ScalarType stored_dtype(const std::filesystem::path& folder) {
  if (has_weights(folder)) return stored_dtype(*open_checkpoint(folder));
  return has_meta_params(folder) ? at::kBFloat16 : named_dtype(folder);
}

at::ScalarType stored_dtype(const tensorio::Checkpoint& checkpoint) {
  const auto values = values_of(checkpoint);
  auto most = at::kFloat;
  std::int64_t count = 0;
  for (const auto dtype :
       {at::kFloat, at::kBFloat16, at::kHalf})  // the first of equals is the wider
    if (const auto found = values.find(dtype); found != values.end() && found->second > count)
      most = dtype, count = found->second;
  return most;
}

at::ScalarType chosen_dtype(const std::string& name, const std::filesystem::path& folder,
                            Trainable trainable) {
  if (name != "auto") return parse_dtype(name);
  const auto stored = stored_dtype(folder);
  const auto why = reason_for_fp32(stored, trainable);
  if (why.empty()) {
    log_info(cat("dtype auto: ", dtype_name(stored), ", as ", folder.string(), " is stored"));
    return stored;
  }
  log_info(cat("dtype auto: fp32, since ", why, "; ", folder.string(), " is stored in ",
               dtype_name(stored)));
  return at::kFloat;
}

}  // namespace ecg_lora::model
