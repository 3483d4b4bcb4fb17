#include <map>

#include "ecg_lora/metrics/answers/answers.h"

namespace ecg_lora::metrics {

ClinicalScores clinical_efficacy(const std::vector<TextPair>& pairs, const Labeller& labeller) {
  struct Counts {
    double hits = 0, predicted = 0, stated = 0;
  };
  std::map<std::string, Counts> of_label;
  Counts all;
  ClinicalScores scores;
  scores.pairs = static_cast<std::int64_t>(pairs.size());
  for (const auto& pair : pairs) {
    const auto predicted = labeller.affirmed(pair.prediction),
               stated = labeller.affirmed(pair.reference);
    scores.unlabelled_references += stated.empty();
    for (const auto& label : predicted) {
      const auto hit = static_cast<double>(stated.count(label));
      ++of_label[label].predicted, ++all.predicted, of_label[label].hits += hit, all.hits += hit;
    }
    for (const auto& label : stated) ++of_label[label].stated, ++all.stated;
  }
  const auto f1 = [](const Counts& c) {
    return c.predicted + c.stated > 0 ? 2 * c.hits / (c.predicted + c.stated) : 0.0;
  };
  scores.micro_precision = all.predicted > 0 ? all.hits / all.predicted : 0;
  scores.micro_recall = all.stated > 0 ? all.hits / all.stated : 0;
  scores.micro_f1 = f1(all);
  for (const auto& [label, counts] : of_label)
    if (counts.stated > 0) scores.labels.push_back(label), scores.macro_f1 += f1(counts);
  if (!scores.labels.empty()) scores.macro_f1 /= static_cast<double>(scores.labels.size());
  return scores;
}

}  // namespace ecg_lora::metrics
