#include "ecg_lora/inference/decoding/likelihood.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "continuations.h"
#include "ecg_lora/base/error.h"

namespace ecg_lora::decoding {
namespace {

using Tokens = std::vector<std::int64_t>;

constexpr double kNegligible = 1e-6;  ///< of the mass at the answer's first token

bool begins_with(const Tokens& text, const Tokens& start) {
  return text.size() >= start.size() && std::equal(start.begin(), start.end(), text.begin());
}

/// Variants that do not begin with another one, each once.
std::vector<Tokens> disjoint(const text::Tokenizer& tokenizer,
                             const std::vector<const char*>& variants) {
  std::vector<Tokens> all, result;
  for (const char* variant : variants)
    if (auto ids = tokenizer.encode(variant);
        !ids.empty() && std::find(all.begin(), all.end(), ids) == all.end())
      all.push_back(std::move(ids));
  for (const auto& ids : all)
    if (std::none_of(all.begin(), all.end(),
                     [&](const Tokens& other) { return other != ids && begins_with(ids, other); }))
      result.push_back(ids);
  return result;
}

void erase_beginnings_of(std::vector<Tokens>& variants, const std::vector<Tokens>& others) {
  std::erase_if(variants, [&](const Tokens& ids) {
    return std::any_of(others.begin(), others.end(),
                       [&](const Tokens& other) { return begins_with(other, ids); });
  });
}

std::vector<Tokens> all_of(const AnswerVariants& variants) {
  auto all = variants.yes;
  all.insert(all.end(), variants.no.begin(), variants.no.end());
  return all;
}

/// Tokens that variants of several tokens begin with, each once.
std::vector<Tokens> longer_beginnings(const std::vector<Tokens>& variants) {
  std::vector<Tokens> first;
  for (const auto& ids : variants)
    if (ids.size() > 1 && std::find(first.begin(), first.end(), Tokens{ids.front()}) == first.end())
      first.push_back({ids.front()});
  return first;
}

double mass(const std::vector<double>& log_p, std::size_t begin, std::size_t end) {
  double sum = 0;
  for (auto k = begin; k < end; ++k) sum += std::exp(log_p[k]);
  return sum;
}

/// Logarithms of the masses of yes and no, from those of their variants.
struct Masses {
  double yes = 0, no = 0;
  double p_yes() const { return yes / (yes + no); }
};

Masses masses(const std::vector<double>& log_p, const AnswerVariants& variants) {
  const double top = *std::max_element(
      log_p.begin(), log_p.end());  // so that nothing underflows where both are unlikely
  Masses result;
  for (std::size_t k = 0; k < log_p.size(); ++k)
    (k < variants.yes.size() ? result.yes : result.no) += std::exp(log_p[k] - top);
  return result;
}

/// Variants of one token only.
AnswerVariants single_tokens(AnswerVariants variants) {
  for (auto* side : {&variants.yes, &variants.no})
    std::erase_if(*side, [](const Tokens& ids) { return ids.size() > 1; });
  return variants;
}

using Asked = std::vector<Tokens>;

/// What is asked of a row: first variants of one token and the beginnings of the others, and where
/// these weigh anything, all variants behind them.
class Question {
 public:
  explicit Question(const AnswerVariants& variants)
      : variants_(variants),
        singles_(single_tokens(variants)),
        brief_(all_of(singles_)),
        whole_(),
        count_(brief_.size()) {
    const auto beginnings = longer_beginnings(all_of(variants));
    brief_.insert(brief_.end(), beginnings.begin(), beginnings.end());
    whole_ = brief_;
    const auto all = all_of(variants);
    whole_.insert(whole_.end(), all.begin(), all.end());
  }
  const Asked& brief() const { return brief_; }
  const Asked& whole() const { return whole_; }
  bool has_longer() const { return brief_.size() > count_; }

  /// From the likelihoods of brief() or whole(); nothing where brief() does not tell.
  std::optional<double> p_yes(const std::vector<double>& log_p) const {
    const auto part = [&](std::size_t begin, std::size_t end) {
      return std::vector<double>(log_p.begin() + static_cast<std::ptrdiff_t>(begin),
                                 log_p.begin() + static_cast<std::ptrdiff_t>(end));
    };
    const bool both = !singles_.yes.empty() && !singles_.no.empty();
    if (both && mass(log_p, count_, brief_.size()) <= kNegligible * mass(log_p, 0, count_))
      return masses(part(0, count_), singles_).p_yes();
    if (log_p.size() == whole_.size())
      return masses(part(brief_.size(), whole_.size()), variants_).p_yes();
    return std::nullopt;
  }

 private:
  const AnswerVariants& variants_;
  AnswerVariants singles_;
  Asked brief_, whole_;
  std::size_t count_;  ///< variants of one token, which brief() begins with
};

}  // namespace

AnswerVariants yes_no_variants(const text::Tokenizer& tokenizer) {
  AnswerVariants variants{disjoint(tokenizer, {"Yes", "yes", "YES", " Yes", " yes"}),
                          disjoint(tokenizer, {"No", "no", "NO", " No", " no"})};
  // Tokens that begin variants of both (the unknown token of a small vocabulary) tell nothing
  // apart.
  const auto yes = variants.yes;
  erase_beginnings_of(variants.yes, variants.no);
  erase_beginnings_of(variants.no, yes);
  if (variants.yes.empty() || variants.no.empty())
    throw_checkpoint(
        "the tokenizer has no tokens that tell Yes from No; use the checkpoint's own tokenizer");
  return variants;
}

std::vector<double> yes_probabilities(model::Mllama& model, const data::Batch& batch,
                                      const at::Tensor& image_states,
                                      const AnswerVariants& variants) {
  const Question question(variants);
  const auto rows = static_cast<std::size_t>(batch.rows());
  std::vector<Asked> asked(rows, question.brief());
  // Of many rows the first tells how the model answers, which saves the others a second pass.
  constexpr std::size_t many = 8;
  if (rows >= many && question.has_longer()) {
    std::vector<Asked> first(rows);
    first[0] = question.brief();
    if (!question.p_yes(log_likelihoods(model, batch, image_states, first)[0]))
      asked.assign(rows, question.whole());
  }
  auto log_p = log_likelihoods(model, batch, image_states, asked);
  std::vector<Asked> again(rows);
  bool any = false;
  for (std::size_t b = 0; b < rows; ++b)
    if (!question.p_yes(log_p[b])) again[b] = question.whole(), any = true;
  if (any) {
    auto more = log_likelihoods(model, batch, image_states, again);
    for (std::size_t b = 0; b < rows; ++b)
      if (!again[b].empty()) log_p[b] = std::move(more[b]);
  }
  std::vector<double> result;
  for (const auto& row : log_p) result.push_back(*question.p_yes(row));
  return result;
}

std::vector<double> yes_probabilities(model::Mllama& model, const data::Batch& batch,
                                      const AnswerVariants& variants) {
  const at::NoGradGuard guard;
  return yes_probabilities(model, batch, model->encode_images(batch), variants);
}

}  // namespace ecg_lora::decoding
