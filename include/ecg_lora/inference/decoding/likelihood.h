// Probabilities of yes and no from the likelihoods of their variants.
#pragma once

#include <cstdint>
#include <vector>

#include "ecg_lora/data/batch/batch.h"
#include "ecg_lora/model/mllama/mllama.h"
#include "ecg_lora/text/tokenizer.h"

namespace ecg_lora::decoding {

/// Tokens of the variants of Yes ("Yes", "yes", "YES", " Yes", " yes") and of No. No variant begins
/// with another one: such an answer is counted with the shorter.
struct AnswerVariants {
  std::vector<std::vector<std::int64_t>> yes, no;
};
/// Checkpoint error if the tokenizer does not tell Yes from No.
AnswerVariants yes_no_variants(const text::Tokenizer& tokenizer);

/// P(yes) of each row: probability of the variants of yes over that of yes and no, after the row's
/// last real token. A variant of several tokens has the product of their probabilities; if the
/// first tokens of all such variants together are less than a millionth as likely as those of one
/// token, they are left out. The rows of `batch` end where the answer begins; each image is encoded
/// once, and what rows on the same images have in common at their beginning is computed once, so
/// put what differs last. [B] float64.
std::vector<double> yes_probabilities(model::Mllama& model, const data::Batch& batch,
                                      const AnswerVariants& variants);
/// The same if the images were encoded before: `image_states` [I, T*P, D].
std::vector<double> yes_probabilities(model::Mllama& model, const data::Batch& batch,
                                      const at::Tensor& image_states,
                                      const AnswerVariants& variants);

}  // namespace ecg_lora::decoding
