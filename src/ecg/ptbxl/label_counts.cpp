#include "ecg_lora/ecg/ptbxl/label_counts.h"

#include <cstdio>
#include <numeric>

#include "ecg_lora/base/csv.h"

namespace ecg_lora::ptbxl {
namespace {

int sum(const std::array<int, kFolds>& counts) {
  return std::accumulate(counts.begin(), counts.end(), 0);
}

std::string text_row(const std::string& name, const std::array<int, kFolds>& counts,
                     const std::string& description) {
  char cell[24];
  std::string text = name + std::string(name.size() < 10 ? 10 - name.size() : 1, ' ');
  std::snprintf(cell, sizeof cell, "%7d ", sum(counts));
  text += cell;
  for (const int count : counts) {
    std::snprintf(cell, sizeof cell, "%6d", count);
    text += cell;
  }
  return text + (description.empty() ? "" : "  " + description) + '\n';
}

}  // namespace

int LabelCount::total() const {
  return sum(records);
}

LabelCounts count_labels(const Database& database, const LabelSet& set, double minimum_likelihood) {
  LabelCounts counts{set.name(), minimum_likelihood, {}, {}, {}};
  for (const Label& label : set.labels()) counts.labels.push_back({label, {}});
  for (const RecordInfo& record : database.records) {
    const auto fold = static_cast<std::size_t>(record.strat_fold) - 1;
    const std::vector<bool> flags = set.of(record);
    bool any = false;
    for (std::size_t i = 0; i < flags.size(); ++i) {
      if (flags[i]) ++counts.labels[i].records[fold], any = true;
    }
    ++(any ? counts.labelled : counts.unlabelled)[fold];
  }
  return counts;
}

std::string to_text(const LabelCounts& counts) {
  std::string text =
      "label       total  fold 1     2     3     4     5     6     7     8     9    10\n";
  for (const LabelCount& count : counts.labels)
    text += text_row(count.label.name, count.records, count.label.description);
  return text + text_row("any", counts.labelled, "records with a label") +
         text_row("none", counts.unlabelled, "records without");
}

Json to_json(const LabelCounts& counts) {
  Json labels = Json::array();
  for (const LabelCount& count : counts.labels) {
    labels.push_back({{"name", count.label.name},
                      {"description", count.label.description},
                      {"words", count.label.words.asked},
                      {"records", count.total()},
                      {"by_fold", count.records}});
  }
  return {{"set", counts.set},
          {"minimum_likelihood", counts.minimum_likelihood},
          {"labels", std::move(labels)},
          {"records_with_a_label", sum(counts.labelled)},
          {"records_with_a_label_by_fold", counts.labelled},
          {"records_without", sum(counts.unlabelled)},
          {"records_without_by_fold", counts.unlabelled}};
}

std::string label_csv(const Database& database, const LabelSet& set) {
  std::string text = "ecg_id,patient_id,strat_fold";
  for (const Label& label : set.labels()) text += ',' + csv_cell(label.name);
  text += '\n';
  for (const RecordInfo& record : database.records) {
    const std::vector<bool> flags = set.of(record);
    if (!set.keeps(flags)) continue;
    text += std::to_string(record.ecg_id) + ',' + std::to_string(record.patient_id) + ',' +
            std::to_string(record.strat_fold);
    for (const bool flag : flags) text += flag ? ",1" : ",0";
    text += '\n';
  }
  return text;
}

}  // namespace ecg_lora::ptbxl
