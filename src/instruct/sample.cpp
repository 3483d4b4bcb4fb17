#include "ecg_lora/instruct/sample.h"

#include <algorithm>

#include "ecg_lora/base/error.h"

namespace ecg_lora::instruct {
namespace {

std::string list(const std::vector<int>& folds) {
  std::string text;
  for (const int fold : folds) text += (text.empty() ? "" : ", ") + std::to_string(fold);
  return text;
}

}  // namespace

std::string question_text(const ptbxl::Label& label) { return "Does this ECG show " + label.description + "?"; }

std::string answer_text(bool answer) { return answer ? "Yes" : "No"; }

std::vector<Sample> make_samples(const ptbxl::Database& database, const ptbxl::LabelSet& labels, const std::vector<int>& folds) {
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < database.records.size(); ++i) {
    const auto& record = database.records[i];
    if (std::find(folds.begin(), folds.end(), record.strat_fold) == folds.end()) continue;
    const auto flags = labels.of(record);
    if (labels.drops_unlabelled() && std::find(flags.begin(), flags.end(), true) == flags.end()) continue;
    Sample sample{static_cast<std::int64_t>(i), {}};
    for (std::size_t l = 0; l < flags.size(); ++l) {
      const auto& label = labels.labels()[l];
      sample.questions.push_back({label.name, question_text(label), flags[l]});
    }
    samples.push_back(std::move(sample));
  }
  if (samples.empty() || labels.labels().empty())
    throw_data(database.root.string(), " has no record with a label of set '", labels.name(), "' in folds ", list(folds),
               ", expected at least one; choose other folds or labels");
  return samples;
}

std::vector<text::Turn> conversation(const Question& question, bool with_answer) {
  std::vector<text::Turn> turns{{"user", question.text, 1}};
  if (with_answer) turns.push_back({"assistant", answer_text(question.answer), 0});
  return turns;
}

}  // namespace ecg_lora::instruct
