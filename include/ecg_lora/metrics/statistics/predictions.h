// predictions.jsonl: one line per question about a label (docs/formats/predictions.md).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ecg_lora::metrics {

/// The answer to one question: whether a record has a label.
struct Prediction {
  int ecg_id = 0, patient_id = 0, fold = 0;
  std::string label, question;
  bool gold = false;          ///< reference label
  double p_yes = 0;           ///< P(yes), from 0 to 1
  std::string answer = {};    ///< generated text; empty if there is none
  int sample = 0;             ///< records that --limit kept; 0 if all were asked about
  std::string p_yes_is = {};  ///< which probability p_yes is, for example "yes_no_likelihood"
  std::string wording = {};  ///< ptbxl::Wording::tag() of the words that asked; empty if not stated
};

/// One line without its line break. `answer`, `sample`, `p_yes_is` and `wording` are left out if
/// they are empty.
std::string to_line(const Prediction& prediction);
/// Data error that names file and line if a line is damaged, answers a label of a record a second
/// time, or has another patient or fold than the record had before; data error if there is no line.
std::vector<Prediction> read_predictions(const std::filesystem::path& file);

}  // namespace ecg_lora::metrics
