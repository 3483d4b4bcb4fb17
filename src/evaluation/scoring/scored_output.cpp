#include "ecg_lora/evaluation/scoring/scored_output.h"

#include <iostream>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/hash.h"
#include "ecg_lora/base/json_text.h"
#include "ecg_lora/base/version.h"
#include "ecg_lora/base/write_together.h"

namespace ecg_lora::evaluation {

void refuse_other_answers(const std::filesystem::path& output,
                          const std::filesystem::path& predictions) {
  if (std::filesystem::exists(output / "predictions.jsonl"))
    throw_usage("output ", output.string(),
                " holds predictions.jsonl of another run, expected a folder for the scores of ",
                predictions.string(), "; choose another with --set output=");
}

report::Provenance report_provenance(const AnswersRun& run, std::string score,
                                     std::vector<report::Notice> notices) {
  report::Provenance result;
  result.score = std::move(score);
  result.notices = std::move(notices);
  result.details = run.details;
  result.details["version"] = version();
  result.details["predictions"] = run.predictions.string();
  result.details["predictions_sha256"] = sha256_file(run.predictions);
  return result;
}

void write_report(const AnswersRun& run, const std::string& page, const Json& scores,
                  const std::string& table) {
  write_together(
      {{run.output / "report.html", page}, {run.output / "scores.json", json_document(scores)}});
  std::cout << table << "\nwrote " << (run.output / "scores.json").string() << " and report.html\n";
}

}  // namespace ecg_lora::evaluation
