// What is computed of each kind of answer.
#include "ecg_lora/metrics/tasks/task_scores.h"

namespace ecg_lora::metrics {

const std::vector<TaskMetric>& metrics_of(AnswerKind kind) {
  static const std::vector<TaskMetric> kYesNo{
      {"accuracy", "Accuracy", true, "share of the questions that are answered right"},
      {"macro_f1", "Macro F1", true,
       "mean of F1 over the answers that are right for some question"},
      {"balanced_accuracy", "Bal. acc.", true,
       "mean of the share of right answers, of each answer that is right for some question"},
      {"auroc", "AUROC", true,
       "of the likelihood of yes; undefined without likelihoods of every question"}};
  static const std::vector<TaskMetric> kChoice{
      {"accuracy", "Accuracy", true, "share of the questions that are answered right"},
      {"macro_f1", "Macro F1", true,
       "mean of F1 over the options, by their text, that are right for some question"},
      {"likelihood_accuracy", "By likelihood", true,
       "share of the questions whose likeliest option is right, level ones sharing; undefined "
       "without likelihoods"}};
  static const std::vector<TaskMetric> kLabels{
      {"macro_f1", "Macro F1", true, "mean of F1 over the labels that are right for some question"},
      {"exact_match", "Exact match", true, "share of the questions whose labels are all right"},
      {"hamming_loss", "Hamming loss", false,
       "share of the pairs of question and label that are wrong"},
      {"micro_f1", "Micro F1", true, "F1 of all pairs of question and label"},
      {"balanced_accuracy", "Bal. acc.", true,
       "mean of sensitivity and specificity, over the labels with both classes"},
      {"auroc", "AUROC", true,
       "macro, of the likelihoods of the labels; undefined without likelihoods of every question"}};
  static const std::vector<TaskMetric> kText{
      {"clinical_f1", "Clinical F1", true,
       "micro F1 of the statements that one labeller reads in answer and reference, with negation"},
      {"clinical_macro_f1", "Clin. macro F1", true,
       "the same, mean over the statements that a reference makes"},
      {"rouge_l", "ROUGE-L", true, "F, mean"},
      {"bleu4", "BLEU-4", true, "over the corpus"},
      {"cider_d", "CIDEr-D", true, "0 to 10, document frequencies of these references, mean"},
      {"meteor_exact", "METEOR, exact", true,
       "METEOR over equal words, without WordNet and stems, mean"},
      {"bleu1", "BLEU-1", true, "over the corpus"},
      {"bleu2", "BLEU-2", true, "over the corpus"},
      {"bleu3", "BLEU-3", true, "over the corpus"},
      {"rouge1", "ROUGE-1", true, "F, mean"},
      {"rouge2", "ROUGE-2", true, "F, mean"}};
  switch (kind) {
    case AnswerKind::yes_no:
      return kYesNo;
    case AnswerKind::choice:
      return kChoice;
    case AnswerKind::labels:
      return kLabels;
    default:
      return kText;
  }
}

}  // namespace ecg_lora::metrics
