#include "ecg_lora/evaluation/asking/answer_method.h"

namespace ecg_lora::asking {

AnswerMethod answer_method(const TasksConfig& config, const metrics::TaskAnswer& a) {
  if (config.answer != "options" || a.kind == metrics::AnswerKind::text) return AnswerMethod::words;
  if (a.kind == metrics::AnswerKind::labels) return AnswerMethod::labels;
  return a.kind == metrics::AnswerKind::yes_no && a.options.size() == 2 ? AnswerMethod::yes_no
                                                                        : AnswerMethod::options;
}

std::string describe_methods(const TasksConfig& config) {
  const std::string words = "generated answers, read by words and negation";
  if (config.answer != "options") return words;
  const std::string blind = config.option_score == "pmi"
                                ? ", its odds over those of the same question without the page"
                                : "";
  return "likelihoods: yes_no by the variants of yes and no; choice by the options (" +
         config.option_score +
         "), softmax over them; labels by P(yes) of each label asked for by itself" + blind +
         ", called from 0.5 on; text: " + words;
}

}  // namespace ecg_lora::asking
