#include "ecg_lora/evaluation/scoring/fold_use.h"

#include <filesystem>

#include "ecg_lora/ecg/collections/folds.h"

namespace ecg_lora::evaluation {
namespace {

using collections::fold_text;

std::string of_benchmark(const std::vector<int>& train, const ReferenceConfig& config) {
  const bool standard = fold_text(train) == "1-8" && fold_text(config.valid_folds) == "9" &&
                        fold_text(config.test_folds) == "10";
  const auto text = "folds " + fold_text(train) + " train, " + fold_text(config.valid_folds) +
                    " chooses thresholds, " + fold_text(config.test_folds) + " tests";
  return standard ? text : "NOT the PTB-XL benchmark's split (1-8, 9, 10): " + text;
}

}  // namespace

std::string describe_folds(const std::vector<int>& train, const ReferenceConfig& config) {
  const auto other = config.validation.string();
  if (std::filesystem::exists(config.root / "external.json"))
    return "an external data set: folds " + fold_text(config.test_folds) + " test" +
           (other.empty() ? ", " + fold_text(config.valid_folds) + " chooses thresholds"
                          : ", thresholds from " + other);
  const auto text = of_benchmark(train, config);
  if (other.empty()) return text;
  return "NOT the PTB-XL benchmark's split: thresholds from " + other + "; " + text;
}

}  // namespace ecg_lora::evaluation
