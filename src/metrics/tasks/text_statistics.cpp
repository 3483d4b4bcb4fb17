#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "ecg_lora/metrics/answers/answers.h"
#include "task_statistics.h"

namespace ecg_lora::metrics {
namespace {

constexpr double kUndefinedText = std::numeric_limits<double>::quiet_NaN();

double sum(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

TextPair pair_of(const TaskAnswer& a) {
  return {a.answer.value_or(""), a.gold.front()};
}

}  // namespace

TextStatistics::TextStatistics(const std::vector<TaskAnswer>& answers,
                               const std::vector<std::size_t>& patient) {
  std::vector<TextPair> pairs;
  for (const auto& a : answers) pairs.push_back(pair_of(a));
  const auto cider = cider_d(pairs);
  std::map<std::string, std::size_t> place;
  const auto places = [&](const std::string& text) {
    std::vector<std::size_t> result;
    for (const auto& label : ecg_labeller().affirmed(text))
      result.push_back(place.emplace(label, place.size()).first->second);
    std::sort(result.begin(), result.end());
    return result;
  };
  for (std::size_t i = 0; i < pairs.size(); ++i)
    all_.push_back({patient[i], bleu_counts(pairs[i]), rouge_n(pairs[i], 1).f,
                    rouge_n(pairs[i], 2).f, rouge_l(pairs[i]).f, meteor_exact(pairs[i]), cider[i],
                    places(pairs[i].prediction), places(pairs[i].reference)});
  statements_ = place.size();
  whole_f1_ = statement_f1(count(nullptr));
}

StatisticTraits TextStatistics::traits() const {
  const auto& metrics = metrics_of(AnswerKind::text);
  StatisticTraits traits;
  for (std::size_t s = 0; s <= metrics.size(); ++s) {
    const std::string key = s < metrics.size() ? metrics[s].key : "";
    traits.highest.push_back(key == "cider_d" ? 10 : 1);
    traits.bias_of.push_back(key == "clinical_macro_f1" ? metrics.size() : s);
  }
  return traits;
}

std::vector<double> TextStatistics::statement_f1(const Statements& s) {
  std::vector<double> f1;
  for (std::size_t k = 0; k < s.stated.size(); ++k)
    f1.push_back(s.stated[k] > 0 ? 2 * s.hits[k] / (s.called[k] + s.stated[k]) : kUndefinedText);
  return f1;
}

TextStatistics::Statements TextStatistics::count(const std::vector<double>* weight) const {
  const std::vector<double> zeros(statements_, 0.0);
  Statements s{zeros, zeros, zeros};
  for (const auto& one : all_) {
    const double w = weight ? (*weight)[one.patient] : 1;
    for (const auto k : one.stated) s.stated[k] += w;
    for (const auto k : one.called) {
      s.called[k] += w;
      if (std::binary_search(one.stated.begin(), one.stated.end(), k)) s.hits[k] += w;
    }
  }
  return s;
}

std::vector<double> TextStatistics::operator()(const std::vector<double>* weight) const {
  BleuCounts counts;
  double n = 0, rouge1 = 0, rouge2 = 0, rouge_l = 0, meteor = 0, cider = 0;
  for (const auto& one : all_) {
    const double w = weight ? (*weight)[one.patient] : 1;
    if (w == 0) continue;
    n += w, counts.add(one.bleu, w);
    rouge1 += w * one.rouge1, rouge2 += w * one.rouge2, rouge_l += w * one.rouge_l,
        meteor += w * one.meteor, cider += w * one.cider;
  }
  const auto statements = count(weight);
  const auto f1 = statement_f1(statements);
  const double sizes = sum(statements.called) + sum(statements.stated);
  const auto mean = [&](double total) { return n > 0 ? total / n : kUndefinedText; };
  const auto bleu = corpus_bleu(counts).bleu;
  return {sizes > 0 ? 2 * sum(statements.hits) / sizes : kUndefinedText,
          mean_of_defined(f1),
          mean(rouge_l),
          bleu[3],
          mean(cider),
          mean(meteor),
          bleu[0],
          bleu[1],
          bleu[2],
          mean(rouge1),
          mean(rouge2),
          mean_of_defined(filled(f1, whole_f1_))};
}

}  // namespace ecg_lora::metrics
