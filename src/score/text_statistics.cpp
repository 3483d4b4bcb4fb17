#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "ecg_lora/score/answers.h"
#include "task_statistics.h"

namespace ecg_lora::score {
namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

TextPair pair_of(const TaskAnswer& a) { return {a.answer.value_or(""), a.gold.front()}; }

}  // namespace

TextStatistics::TextStatistics(const std::vector<TaskAnswer>& answers, const std::vector<std::size_t>& patient) {
  std::vector<TextPair> pairs;
  for (const auto& a : answers) pairs.push_back(pair_of(a));
  const auto cider = cider_d(pairs);
  std::map<std::string, std::size_t> place;
  const auto places = [&](const std::string& text) {
    std::vector<std::size_t> result;
    for (const auto& label : ecg_labeller().affirmed(text)) result.push_back(place.emplace(label, place.size()).first->second);
    std::sort(result.begin(), result.end());
    return result;
  };
  for (std::size_t i = 0; i < pairs.size(); ++i)
    all_.push_back({patient[i], bleu_counts(pairs[i]), rouge_n(pairs[i], 1).f, rouge_n(pairs[i], 2).f, rouge_l(pairs[i]).f, meteor_exact(pairs[i]), cider[i], places(pairs[i].prediction),
                    places(pairs[i].reference)});
  statements_ = place.size();
}

std::vector<double> TextStatistics::operator()(const std::vector<int>* weight) const {
  BleuCounts counts;
  double n = 0, rouge1 = 0, rouge2 = 0, rouge_l = 0, meteor = 0, cider = 0;
  std::vector<double> hits(statements_, 0.0), called(statements_, 0.0), stated(statements_, 0.0);
  for (const auto& one : all_) {
    const double w = weight ? (*weight)[one.patient] : 1;
    if (w == 0) continue;
    n += w, counts.add(one.bleu, w);
    rouge1 += w * one.rouge1, rouge2 += w * one.rouge2, rouge_l += w * one.rouge_l, meteor += w * one.meteor, cider += w * one.cider;
    for (const auto k : one.stated) stated[k] += w;
    for (const auto k : one.called) {
      called[k] += w;
      if (std::binary_search(one.stated.begin(), one.stated.end(), k)) hits[k] += w;
    }
  }
  double all_hits = 0, sizes = 0, macro = 0, defined = 0;
  for (std::size_t k = 0; k < statements_; ++k) {
    all_hits += hits[k], sizes += called[k] + stated[k];
    if (stated[k] > 0) macro += 2 * hits[k] / (called[k] + stated[k]), ++defined;
  }
  const auto mean = [&](double sum) { return n > 0 ? sum / n : undefined; };
  const auto bleu = corpus_bleu(counts).bleu;
  return {sizes > 0 ? 2 * all_hits / sizes : undefined, defined > 0 ? macro / defined : undefined, mean(rouge_l), bleu[3], mean(cider), mean(meteor), bleu[0], bleu[1], bleu[2], mean(rouge1), mean(rouge2)};
}

}  // namespace ecg_lora::score
