#include "ecg_lora/metrics/texts/text_metrics.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace ecg_lora::metrics {
namespace {

using Tokens = std::vector<std::string>;
using Counts = std::map<Tokens, int>;

Counts n_grams(const Tokens& tokens, std::size_t n) {
  Counts counts;
  for (std::size_t i = 0; i + n <= tokens.size(); ++i)
    ++counts[Tokens(tokens.begin() + static_cast<std::ptrdiff_t>(i),
                    tokens.begin() + static_cast<std::ptrdiff_t>(i + n))];
  return counts;
}

int total(const Counts& counts) {
  int sum = 0;
  for (const auto& [gram, count] : counts) sum += count;
  return sum;
}

int overlap(const Counts& a, const Counts& b) {
  int sum = 0;
  for (const auto& [gram, count] : a)
    if (const auto found = b.find(gram); found != b.end()) sum += std::min(count, found->second);
  return sum;
}

FMeasure f_measure(double hits, double predicted, double referred) {
  FMeasure result;
  result.precision = predicted > 0 ? hits / predicted : 0;
  result.recall = referred > 0 ? hits / referred : 0;
  if (result.precision + result.recall > 0)
    result.f = 2 * result.precision * result.recall / (result.precision + result.recall);
  return result;
}

/// tf-idf of one text, by order of n-gram.
struct Vector {
  std::array<std::map<Tokens, double>, 4> weight;
  std::array<double, 4> norm{};
  int length = 0;  ///< bigrams, as the published code counts it
};

Vector tf_idf(const Tokens& tokens, const std::map<Tokens, int>& frequency, double log_count) {
  Vector v;
  for (std::size_t n = 0; n < 4; ++n) {
    for (const auto& [gram, count] : n_grams(tokens, n + 1)) {
      const auto found = frequency.find(gram);
      const double w =
          count * (log_count -
                   std::log(std::max(
                       1.0, found == frequency.end() ? 0.0 : static_cast<double>(found->second))));
      v.weight[n][gram] = w;
      v.norm[n] += w * w;
      if (n == 1) v.length += count;
    }
    v.norm[n] = std::sqrt(v.norm[n]);
  }
  return v;
}

double cider_of(const Vector& prediction, const Vector& reference) {
  constexpr double sigma = 6;
  double sum = 0;
  const double delta = prediction.length - reference.length;
  for (std::size_t n = 0; n < 4; ++n) {
    double dot = 0;
    for (const auto& [gram, w] : prediction.weight[n])
      if (const auto found = reference.weight[n].find(gram); found != reference.weight[n].end())
        dot += std::min(w, found->second) * found->second;
    if (prediction.norm[n] > 0 && reference.norm[n] > 0)
      dot /= prediction.norm[n] * reference.norm[n];
    sum += dot * std::exp(-delta * delta / (2 * sigma * sigma));
  }
  return 10 * sum / 4;
}

/// Pairs of equal words, each word of the prediction from the last on with the last free one of the
/// reference, as NLTK aligns them; by place in the prediction.
std::vector<std::pair<std::size_t, std::size_t>> align(const Tokens& prediction,
                                                       const Tokens& reference) {
  std::vector<std::pair<std::size_t, std::size_t>> matches;
  std::vector<char> taken(reference.size(), 0);
  for (std::size_t i = prediction.size(); i-- > 0;)
    for (std::size_t j = reference.size(); j-- > 0;)
      if (!taken[j] && prediction[i] == reference[j]) {
        matches.emplace_back(i, j);
        taken[j] = 1;
        break;
      }
  std::sort(matches.begin(), matches.end());
  return matches;
}

}  // namespace

void BleuCounts::add(const BleuCounts& other, double weight) {
  for (std::size_t n = 0; n < 4; ++n)
    hits[n] += weight * other.hits[n], counts[n] += weight * other.counts[n];
  predicted += weight * other.predicted, referred += weight * other.referred;
}

BleuCounts bleu_counts(const TextPair& pair) {
  const auto a = tokens_13a(pair.prediction), b = tokens_13a(pair.reference);
  BleuCounts result;
  result.predicted = static_cast<double>(a.size()), result.referred = static_cast<double>(b.size());
  for (std::size_t n = 0; n < 4; ++n) {
    const auto grams = n_grams(a, n + 1);
    result.hits[n] = overlap(grams, n_grams(b, n + 1)), result.counts[n] = total(grams);
  }
  return result;
}

CorpusBleu corpus_bleu(const BleuCounts& c) {
  CorpusBleu result;
  if (c.predicted > 0)
    result.brevity_penalty = c.predicted < c.referred ? std::exp(1 - c.referred / c.predicted) : 1;
  if (c.hits[0] == 0) return result;
  double smooth = 1, logs = 0;
  for (std::size_t n = 0; n < 4 && c.counts[n] > 0; ++n) {
    if (c.hits[n] == 0) smooth *= 2;
    result.precision[n] = c.hits[n] == 0 ? 1 / (smooth * c.counts[n]) : c.hits[n] / c.counts[n];
    logs += std::log(result.precision[n]);
    result.bleu[n] = result.brevity_penalty * std::exp(logs / static_cast<double>(n + 1));
  }
  return result;
}

CorpusBleu corpus_bleu(const std::vector<TextPair>& pairs) {
  BleuCounts sum;
  for (const auto& pair : pairs) sum.add(bleu_counts(pair));
  return corpus_bleu(sum);
}

FMeasure rouge_n(const TextPair& pair, std::size_t n) {
  const auto a = n_grams(tokens_rouge(pair.prediction), n),
             b = n_grams(tokens_rouge(pair.reference), n);
  return f_measure(overlap(a, b), total(a), total(b));
}

FMeasure rouge_l(const TextPair& pair) {
  const auto a = tokens_rouge(pair.prediction), b = tokens_rouge(pair.reference);
  std::vector<int> row(b.size() + 1, 0);
  for (const auto& word : a) {
    int diagonal = 0;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const int above = row[j];
      row[j] = word == b[j - 1] ? diagonal + 1 : std::max(row[j], row[j - 1]);
      diagonal = above;
    }
  }
  return f_measure(row.back(), static_cast<double>(a.size()), static_cast<double>(b.size()));
}

double meteor_exact(const TextPair& pair) {
  constexpr double alpha = 0.9, beta = 3, gamma = 0.5;
  const auto a = tokens_rouge(pair.prediction), b = tokens_rouge(pair.reference);
  const auto matches = align(a, b);
  if (matches.empty()) return 0;
  double chunks = 1;
  for (std::size_t i = 1; i < matches.size(); ++i)
    chunks += matches[i].first != matches[i - 1].first + 1 ||
              matches[i].second != matches[i - 1].second + 1;
  const auto m = static_cast<double>(matches.size());
  const double precision = m / static_cast<double>(a.size()),
               recall = m / static_cast<double>(b.size());
  const double f = precision * recall / (alpha * precision + (1 - alpha) * recall);
  return f * (1 - gamma * std::pow(chunks / m, beta));
}

std::vector<double> cider_d(const std::vector<TextPair>& pairs) {
  std::map<Tokens, int> frequency;
  std::vector<Tokens> references;
  for (const auto& pair : pairs) {
    references.push_back(tokens_rouge(pair.reference));
    std::set<Tokens> grams;
    for (std::size_t n = 1; n <= 4; ++n)
      for (const auto& [gram, count] : n_grams(references.back(), n)) grams.insert(gram);
    for (const auto& gram : grams) ++frequency[gram];
  }
  const double log_count = std::log(std::max<double>(1, static_cast<double>(pairs.size())));
  std::vector<double> result;
  for (std::size_t i = 0; i < pairs.size(); ++i)
    result.push_back(cider_of(tf_idf(tokens_rouge(pairs[i].prediction), frequency, log_count),
                              tf_idf(references[i], frequency, log_count)));
  return result;
}

TextScores score_texts(const std::vector<TextPair>& pairs) {
  TextScores scores;
  scores.bleu = corpus_bleu(pairs);
  scores.pairs = static_cast<std::int64_t>(pairs.size());
  if (pairs.empty()) return scores;
  const auto n = static_cast<double>(pairs.size());
  for (const auto& pair : pairs) {
    scores.empty += tokens_rouge(pair.prediction).empty();
    scores.rouge1 += rouge_n(pair, 1).f / n, scores.rouge2 += rouge_n(pair, 2).f / n,
        scores.rouge_l += rouge_l(pair).f / n;
    scores.meteor_exact += meteor_exact(pair) / n;
  }
  for (const double value : cider_d(pairs)) scores.cider_d += value / n;
  return scores;
}

}  // namespace ecg_lora::metrics
