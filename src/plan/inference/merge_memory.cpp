#include "ecg_lora/plan/inference/merge_memory.h"
#include "ecg_lora/plan/inference/memory_check.h"

#include "ecg_lora/lora/adapter_file.h"
#include "ecg_lora/model/checkpoint/stored_dtype.h"
#include "ecg_lora/plan/inference/inference_alternatives.h"
#include "ecg_lora/plan/inference/streamed.h"

namespace ecg_lora::plan {
namespace {

/// Tokens of the inputs whose logits are compared (logits_check.cpp).
constexpr Prompts kFixedInputs{1, 1, 16, 0, true};

BaseLoad load_of(const std::string& base, at::ScalarType dtype) {
  return base_load(base, {}, dtype, /*cuda=*/false);
}

at::ScalarType written_dtype(const std::string& base, const lora::MergeOptions& options) {
  const auto& asked = options.dtype;
  return asked.empty() ? model::stored_dtype(base) : model::parse_dtype(asked);
}

/// Linears that an adapter changes, with its ranks.
void add_targets(const lora::AdapterFile& adapter, const model::ModelConfig& config,
                 std::vector<lora::Target>& targets) {
  for (auto target : lora::linears_of(config)) {
    const auto found = adapter.modules().find(target.module);
    if (found == adapter.modules().end()) continue;
    target.rank = found->second.a.size(0);
    target.magnitude = found->second.magnitude.defined();
    targets.push_back(std::move(target));
  }
}

}  // namespace

RequiredMemory merge_memory(const std::string& base, const lora::MergeOptions& options) {
  const auto load = load_of(base, written_dtype(base, options));
  MergeShape shape;
  shape.written = load.dtype;
  shape.whole = !lora::merges_one(options);
  shape.adapters = static_cast<std::int64_t>(options.adapters.size());
  for (const auto& [folder, weight] : options.adapters) {
    const lora::AdapterFile adapter(folder);
    add_targets(adapter, load.model, shape.changed);
    shape.adapter_bytes += 4 * adapter.parameters();
  }
  return plan_merge(load, shape);
}

RequiredMemory verify_memory(const std::string& base, const lora::MergeOptions& options) {
  const auto dtype = written_dtype(base, options);
  auto load = load_of(base, dtype);
  const lora::AdapterFile adapter(options.adapters[0].folder);
  load.in_files = adapter.leaves_base_unchanged();
  return inference_memory(
      load, {load.model, {}, dtype, adapter.parameters(), kFixedInputs, /*cuda=*/false});
}

RequiredMemory extract_memory(const std::string& base, const std::string& tuned,
                              std::int64_t rank) {
  const auto files = tuned.empty() ? 0 : load_of(tuned, at::kFloat).files;
  return plan_extract(load_of(base, at::kFloat), files, rank);
}

void require_merge_memory(const std::string& base, const lora::MergeOptions& options, bool verify,
                          bool force) {
  const auto available = available_memory(/*cuda=*/false);
  const auto required = merge_memory(base, options);
  require_memory("merging into " + base, required, {}, available, force);
  if (!verify || !lora::merges_one(options)) return;
  const Alternative without{"no --verify", required};
  require_memory("the comparison of logits that --verify makes", verify_memory(base, options),
                 {without}, available, force);
}

}  // namespace ecg_lora::plan
