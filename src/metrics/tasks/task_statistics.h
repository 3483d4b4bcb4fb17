// The statistics behind TaskScores, of weighted patients.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/metrics/statistics/estimates.h"
#include "ecg_lora/metrics/statistics/metrics.h"
#include "ecg_lora/metrics/tasks/task_answers.h"
#include "ecg_lora/metrics/tasks/task_scores.h"
#include "ecg_lora/metrics/texts/text_metrics.h"

namespace ecg_lora::metrics {

/// What a closed question's answer came to; classes by their place in ClosedStatistics::classes().
struct Judged {
  std::size_t patient = 0;
  std::vector<std::size_t> offered, gold, called;
  bool right = false;
  double likeliest_right =
      0;  ///< share of 1 that the likeliest option earns; < 0 without likelihoods
};

/// Of yes_no, choice and labels. NaN where undefined; after the metrics of the kind, F1 of each
/// class, and behind those the metrics again for the bias (see StatisticTraits). Means over classes
/// are over those that are defined for all answers.
class ClosedStatistics {
 public:
  ClosedStatistics(AnswerKind kind, const std::vector<TaskAnswer>& answers,
                   const std::vector<std::size_t>& patient);
  std::vector<double> operator()(const std::vector<double>* weight) const;
  StatisticTraits traits() const;
  const std::vector<std::string>& classes() const { return classes_; }
  const std::vector<Judged>& judged() const { return judged_; }

 private:
  struct Counts {
    std::vector<double> offered, gold, called, hits;
    double weight = 0, right = 0, wrong_labels = 0, labels = 0, likeliest = 0, with_likelihoods = 0;
  };
  /// What is averaged over classes, of each class.
  struct Classes {
    std::vector<double> f1, recall, balanced, auroc;
  };
  Counts count(const std::vector<double>* weight) const;
  Classes averaged(const Counts& c, const std::vector<double>* weight) const;
  std::vector<double> metrics(const Counts& c, const Classes& classes) const;
  void judge(const TaskAnswer& answer, std::size_t patient);
  void rank(const std::vector<TaskAnswer>& answers, const std::vector<std::size_t>& patient);

  AnswerKind kind_;
  std::vector<std::string> classes_;
  std::vector<Judged> judged_;
  std::vector<Ranking> rankings_;  ///< of likelihoods: one a class of labels, one of yes
  Classes whole_;                  ///< of all answers
};

/// Of text: the metrics, and behind them clinical_macro_f1 again for the bias.
class TextStatistics {
 public:
  TextStatistics(const std::vector<TaskAnswer>& answers, const std::vector<std::size_t>& patient);
  std::vector<double> operator()(const std::vector<double>* weight) const;
  StatisticTraits traits() const;

 private:
  struct One {
    std::size_t patient = 0;
    BleuCounts bleu;
    double rouge1 = 0, rouge2 = 0, rouge_l = 0, meteor = 0, cider = 0;
    std::vector<std::size_t> called, stated;  ///< statements of the clinical labeller
  };
  /// Of each statement, in how many texts.
  struct Statements {
    std::vector<double> stated, called, hits;
  };
  Statements count(const std::vector<double>* weight) const;
  static std::vector<double> statement_f1(const Statements& s);

  std::vector<One> all_;
  std::size_t statements_ = 0;
  std::vector<double> whole_f1_;  ///< of each statement, of all texts
};

/// Mean of those that are not NaN; NaN without one.
double mean_of_defined(const std::vector<double>& values);

/// `values` with those of `whole` in place of NaN.
std::vector<double> filled(std::vector<double> values, const std::vector<double>& whole);

/// Sum over `places` that are in both, each ascending.
std::size_t common(const std::vector<std::size_t>& a, const std::vector<std::size_t>& b);

}  // namespace ecg_lora::metrics
