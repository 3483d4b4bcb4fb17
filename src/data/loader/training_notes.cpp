#include "training_notes.h"

#include <algorithm>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/join.h"
#include "ecg_lora/base/log.h"

namespace ecg_lora::data {

std::string summary_line(const std::string& file, double weight, const InstructSummary& s) {
  auto text = cat("samples     ", s.samples, " of ", file, " on ", s.page_sets, " page sets");
  if (weight != 1) text += cat(", weight ", weight);
  if (s.several_pages > 0) text += cat(", ", s.several_pages, " on several pages");
  if (s.text_only > 0) text += cat(", ", s.text_only, " without a page");
  if (s.cut > 0) text += cat(", ", s.cut, " to be cut");
  if (s.bad_items + s.too_long + s.without_image > 0)
    text += cat("; left out: ", s.bad_items, " unreadable, ", s.too_long, " too long, ",
                s.without_image, " without their image");
  return text + "\n";
}

Json summary_json(const std::string& file, double weight, const InstructSummary& s) {
  return {{"source", file},
          {"weight", weight},
          {"samples", s.samples},
          {"page_sets", s.page_sets},
          {"several_pages", s.several_pages},
          {"text_only", s.text_only},
          {"cut", s.cut},
          {"left_out",
           {{"unreadable", s.bad_items},
            {"too_long", s.too_long},
            {"without_image", s.without_image}}}};
}

void warn_of_lengths(const std::string& source, std::int64_t cut, std::int64_t left_out, int most) {
  if (cut > 0)
    log_warn(cat(cut, " answers of ", source,
                 " are cut off, because their conversations have more than batch.max_tokens ", most,
                 " tokens; raise it to learn them whole"));
  if (left_out > 0)
    log_warn(cat(left_out, " samples of ", source,
                 " are left out, because they have more than batch.max_tokens ", most,
                 " tokens; raise it to learn them"));
}

void warn_of_no_only(const ptbxl::Database& database, const ptbxl::LabelSet& set,
                     const std::vector<int>& folds) {
  const auto& labels = set.labels();
  std::vector<bool> stated(labels.size(), false);
  for (const auto& record : database.records) {
    if (std::find(folds.begin(), folds.end(), record.strat_fold) == folds.end()) continue;
    const auto flags = set.of(record);
    for (std::size_t l = 0; l < flags.size(); ++l) stated[l] = stated[l] || flags[l];
  }
  std::vector<std::string> names;
  for (std::size_t l = 0; l < labels.size(); ++l)
    if (!stated[l]) names.push_back(labels[l].name);
  if (!names.empty())
    log_warn(cat(names.size(),
                 " labels are stated of no record of the training folds, and every answer about "
                 "them is No: ",
                 joined_at_most(12, names)));
}

}  // namespace ecg_lora::data
