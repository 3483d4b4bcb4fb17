#include "ecg_lora/instruct/format/record_questions.h"

#include <algorithm>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/join.h"

namespace ecg_lora::instruct {
namespace {

const char* yes_no(bool positive) {
  return positive ? "Yes" : "No";
}

std::vector<Question> yes_no_questions(const ptbxl::LabelSet& set, const std::vector<bool>& flags,
                                       const std::vector<bool>& open) {
  std::vector<Question> questions;
  for (std::size_t l = 0; l < flags.size(); ++l) {
    if (open[l]) continue;
    const auto& label = set.labels()[l];
    const auto text = set.wording().question(label.words);
    questions.push_back({label.name, text, flags[l], yes_no(flags[l])});
  }
  return questions;
}

Question checklist_question(const std::vector<ptbxl::Label>& labels,
                            const std::vector<bool>& flags) {
  std::string answer;
  for (std::size_t l = 0; l < flags.size(); ++l)
    answer += cat(l == 0 ? "" : "\n", labels[l].words.listed, ": ", yes_no(flags[l]));
  return {"", "What does this ECG show?",
          std::find(flags.begin(), flags.end(), true) != flags.end(), answer};
}

}  // namespace

Ask parse_ask(const std::string& name) {
  if (name == "yes_no") return Ask::yes_no;
  if (name == "checklist") return Ask::checklist;
  throw_usage("ask is '", name, "', expected yes_no or checklist");
}

std::vector<RecordQuestions> make_record_questions(const ptbxl::Database& database,
                                                   const ptbxl::LabelSet& labels,
                                                   const std::vector<int>& folds, Ask ask) {
  std::vector<RecordQuestions> samples;
  for (std::size_t i = 0; i < database.records.size(); ++i) {
    const auto& record = database.records[i];
    if (std::find(folds.begin(), folds.end(), record.strat_fold) == folds.end()) continue;
    const auto flags = labels.of(record);
    if (!labels.keeps(flags)) continue;
    const auto index = static_cast<std::int64_t>(i);
    const auto open = labels.left_open(record);
    if (ask == Ask::yes_no) {
      auto questions = yes_no_questions(labels, flags, open);
      if (!questions.empty()) samples.push_back({index, std::move(questions)});
    } else if (std::find(open.begin(), open.end(), true) == open.end()) {
      samples.push_back({index, {checklist_question(labels.labels(), flags)}});
    }
  }
  if (samples.empty() || labels.unstated().size() == labels.labels().size())
    throw_data(database.root.string(), " has no record with a label of set '", labels.name(),
               "' in folds ", joined(folds),
               ", expected at least one; choose other folds or labels");
  return samples;
}

std::vector<text::Turn> conversation(const Question& question, bool with_answer) {
  std::vector<text::Turn> turns{{"user", question.text, 1}};
  if (with_answer) turns.push_back({"assistant", question.answer, 0});
  return turns;
}

}  // namespace ecg_lora::instruct
