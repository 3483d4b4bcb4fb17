// Probabilities of answers from the likelihoods of their variants.
#pragma once

#include <cstdint>
#include <vector>

#include "ecg_lora/data/batch.h"
#include "ecg_lora/model/mllama.h"
#include "ecg_lora/text/tokenizer.h"

namespace ecg_lora::generate {

/// First tokens of the variants of Yes ("Yes", "yes", " Yes", "YES") and of No that the tokenizer tells apart.
struct YesNoTokens {
  std::vector<std::int64_t> yes, no;
};
YesNoTokens yes_no_tokens(const text::Tokenizer& tokenizer);

/// P(yes) of each row: summed probability of the yes tokens over that of yes and no, at the row's last real token. The rows
/// of `batch` end where the answer begins; each image is encoded once for all its rows. [B] float64.
std::vector<double> yes_probabilities(model::Mllama& model, const data::Batch& batch, const YesNoTokens& tokens);

}  // namespace ecg_lora::generate
