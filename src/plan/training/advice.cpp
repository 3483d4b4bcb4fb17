#include <functional>
#include <utility>

#include "ecg_lora/base/error.h"
#include "ecg_lora/plan/training/training_plan.h"

namespace ecg_lora::plan {
namespace {

struct Change {
  std::string text;
  std::function<bool(TrainingInput&)> apply;  ///< false where there is nothing to change
};

/// In the order of what they cost: exact ones that take time first, then ones that change numbers,
/// then smaller batches.
std::vector<Change> changes(const TrainingInput& input) {
  std::vector<Change> result{
      {"loop.activation_checkpointing=all",
       [](TrainingInput& p) {
         return std::exchange(p.loop.activation_checkpointing, "all") != "all";
       }},
      {"compute.dtype=bf16",
       [](TrainingInput& p) { return std::exchange(p.dtype, at::kBFloat16) == at::kFloat; }},
      {"compute.base_quantisation=nf4", [](TrainingInput& p) {
         return p.loop.trainable == "lora" &&
                std::exchange(p.base.kind, nn::Quantisation::nf4) != nn::Quantisation::nf4;
       }}};
  for (auto images = input.batch.images / 2; images >= 1; images /= 2)
    result.push_back({cat("batch.images=", images, " loop.accumulation=",
                          input.loop.accumulation * input.batch.images / images),
                      [images](TrainingInput& p) {
                        const auto rows = std::max<std::int64_t>(
                            1, p.batch.rows / std::max<std::int64_t>(1, p.batch.images));
                        const auto before = std::max<std::int64_t>(1, p.batch.rows);
                        p.batch.rows = images * rows, p.batch.images = images;
                        p.batch.answers = p.batch.answers / before * p.batch.rows;
                        p.batch.text_tokens = p.batch.text_tokens * p.batch.rows / before;
                        return true;
                      }});
  return result;
}

}  // namespace

std::vector<Advice> advise(const TrainingInput& input, std::int64_t bytes) {
  std::vector<Advice> result;
  if (plan_training(input).total() <= bytes) return result;
  auto together = input;
  std::string names;
  for (const auto& change : changes(input)) {
    auto alone = input;
    if (!change.apply(alone)) continue;
    const bool smaller_batch = change.text.rfind("batch.", 0) == 0;
    if (!smaller_batch || alone.batch.images == input.batch.images / 2)
      result.push_back({change.text, plan_training(alone).total(), alone});
    if (plan_training(together).total() <= bytes) continue;
    if (smaller_batch && names.find("batch.") != std::string::npos)
      names.erase(names.find(" batch."));
    change.apply(together);
    names += " " + change.text;
  }
  result.push_back(
      {names.substr(names.empty() ? 0 : 1), plan_training(together).total(), together});
  return result;
}

}  // namespace ecg_lora::plan
