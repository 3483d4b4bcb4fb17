// What scoring labels and scoring tasks have in common.
#pragma once

#include <filesystem>
#include <string>

#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/report/scores_report.h"

namespace ecg_lora::evaluation {

/// A file of answers, and the folder for their scores.
struct AnswersRun {
  std::filesystem::path predictions, output;
  std::string title;
  Json details;  ///< what the answers were made with: config, hashes
};

/// Usage error if `output` holds a predictions.jsonl: it is another run's, and the answers of
/// `predictions` would replace it.
void refuse_other_answers(const std::filesystem::path& output,
                          const std::filesystem::path& predictions);

/// The details of the run, with this program's version and the file of answers. `score` is what
/// the answers are, in words. Data error if the file cannot be read.
report::Provenance report_provenance(const AnswersRun& run, std::string score,
                                     std::vector<report::Notice> notices);

/// Writes the answers of all `parts` as the lines of a predictions.jsonl, whole or not at all.
template <class... Parts>
void write_answers(const std::filesystem::path& file, const Parts&... parts) {
  AtomicFile out(file);
  const auto write = [&](const auto& answers) {
    for (const auto& answer : answers) out.write(to_line(answer) + "\n");
  };
  (write(parts), ...);
  out.commit();
}

/// Writes report.html and scores.json to the output, both or none, and prints the table.
void write_report(const AnswersRun& run, const std::string& page, const Json& scores,
                  const std::string& table);

}  // namespace ecg_lora::evaluation
