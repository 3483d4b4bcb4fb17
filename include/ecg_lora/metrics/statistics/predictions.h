// predictions.jsonl: one line a question.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ecg_lora::metrics {

struct Prediction {
  int ecg_id = 0, patient_id = 0, fold = 0;
  std::string label, question;
  bool gold = false;
  double p_yes = 0;
  std::string answer = {};  ///< generated text, where there is any
  int sample = 0;           ///< records that --limit kept; 0 where all were asked about
  std::string p_yes_is =
      {};  ///< which probability p_yes is, for example "yes_no_likelihood"; not read back
  std::string wording = {};  ///< ptbxl::Wording::tag() of the words that asked, where it is stated
};

/// One line without its line break. `answer`, `sample`, `p_yes_is` and `wording` are left out where
/// they are empty.
std::string to_line(const Prediction& prediction);
/// Data error that names file and line where a line is damaged, or answers a label of a record a
/// second time.
std::vector<Prediction> read_predictions(const std::filesystem::path& file);

}  // namespace ecg_lora::metrics
