// Questions and labels on pages, answered in words or with probabilities.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/data/loader/page_maker.h"
#include "ecg_lora/inference/decoding/decode.h"
#include "ecg_lora/inference/predictor/open.h"

namespace ecg_lora::inference {

/// One question on one page, and what came of it.
struct Answer {
  std::string label, description, question;  ///< label and description are empty if the question
                                             ///< was given
  std::optional<double> p_yes = {};
  std::optional<decoding::Decoded> decoded = {};
  std::string text = {};
  std::string wording = {};  ///< whose words ask for the label; empty if a question or a file does
};

/// What is asked about every page.
struct Questions {
  std::string labels, data, wording;   ///< of ptbxl::load_labels(); no labels if empty
  std::vector<std::string> questions;  ///< answered in words
};

/// Answers to fill: the labels, then the questions. Warns if the model or adapter of `choice` was
/// trained in other words. Usage error for no question, an empty one, or a wording without labels.
std::vector<Answer> answers_to_fill(const Questions& questions, const ModelChoice& choice);

/// What is asked about a page at a time; answers in words have up to `max_new_tokens` tokens. A
/// token is taken for three characters.
plan::Prompts prompts_of(const std::vector<Answer>& answers, std::int64_t max_new_tokens);

class Predictor {
 public:
  /// `probabilities`: of questions as well. The stops of `decoding` are those of `model`.
  Predictor(OpenModel model, const decoding::DecodeOptions& decoding, bool probabilities);

  /// Fills the answers on one page: its image is encoded once, what the prompts share is computed
  /// once. Labels get p_yes; questions get words. Data error if the page cannot be read.
  void answer(const data::PageRef& page, std::vector<Answer>& answers);

 private:
  OpenModel open_;
  data::PageMaker pages_;
  decoding::DecodeOptions decoding_;
  bool probabilities_;
};

}  // namespace ecg_lora::inference
