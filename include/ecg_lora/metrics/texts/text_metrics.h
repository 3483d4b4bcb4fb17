// Scores of report texts against one reference each.
//
// BLEU counts n-grams over the whole corpus (Papineni et al. 2002), tokenised as sacrebleu's
// default "13a"; ROUGE tokenises and scores as Google's rouge-score without stemming; METEOR
// matches equal words only, without WordNet and stems, and is named for it; CIDEr-D is that of
// Vedantam et al. 2015 (n = 4, sigma = 6) over rouge's tokens. An empty prediction counts as 0 in
// every mean.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ecg_lora::metrics {

struct TextPair {
  std::string prediction, reference;
};

/// sacrebleu's tokenizer "13a", for Western text.
std::vector<std::string> tokens_13a(std::string_view text);
/// rouge-score's: lower case, runs of a-z and 0-9.
std::vector<std::string> tokens_rouge(std::string_view text);

struct CorpusBleu {
  std::array<double, 4> bleu{};       ///< BLEU-1 … BLEU-4, 0 … 1
  std::array<double, 4> precision{};  ///< of n-grams, smoothed as sacrebleu's "exp"
  double brevity_penalty = 0;
};
/// What BLEU adds up over pairs.
struct BleuCounts {
  std::array<double, 4> hits{};        ///< n-grams of the prediction that the reference has
  std::array<double, 4> counts{};      ///< n-grams of the prediction
  double predicted = 0, referred = 0;  ///< tokens of prediction and reference
  void add(const BleuCounts& other, double weight = 1);
};
BleuCounts bleu_counts(const TextPair& pair);
/// As sacrebleu with smooth_method "exp" and max_ngram_order 1 … 4 (its figures are 100 times
/// these).
CorpusBleu corpus_bleu(const BleuCounts& counts);
CorpusBleu corpus_bleu(const std::vector<TextPair>& pairs);

/// From 0 to 1.
struct FMeasure {
  double precision = 0, recall = 0, f = 0;
};
/// Overlap of n-grams of rouge tokens (Lin 2004), n of 1 or more.
FMeasure rouge_n(const TextPair& pair, std::size_t n);
/// Longest common subsequence of rouge tokens (Lin 2004).
FMeasure rouge_l(const TextPair& pair);

/// METEOR (Banerjee and Lavie 2005) with exact matches of rouge tokens only: no stems, no WordNet.
/// Parameters of NLTK: alpha 0.9, beta 3, gamma 0.5.
double meteor_exact(const TextPair& pair);

/// One value per pair, from 0 to 10. Document frequencies are those of the references given.
std::vector<double> cider_d(const std::vector<TextPair>& pairs);

struct TextScores {
  CorpusBleu bleu;
  /// Means over pairs; of ROUGE the F measure.
  double rouge1 = 0, rouge2 = 0, rouge_l = 0, meteor_exact = 0, cider_d = 0;
  std::int64_t pairs = 0, empty = 0;  ///< empty: predictions without a token
};
TextScores score_texts(const std::vector<TextPair>& pairs);

}  // namespace ecg_lora::metrics
