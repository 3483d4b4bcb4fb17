// Scores of whole options, such as the choices of a question, from the likelihood of their text
// after a prompt.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ecg_lora/data/batch/batch.h"
#include "ecg_lora/model/mllama/mllama.h"
#include "ecg_lora/text/tokenizer.h"

namespace ecg_lora::decoding {

/// Tokens of the options of one prompt. Options must differ from each other and hold at least one
/// token.
using OptionTokens = std::vector<std::vector<std::int64_t>>;

/// One value per option, natural logarithms.
struct OptionScores {
  std::vector<double> sum;   ///< log P(option | prompt): sum over the option's tokens
  std::vector<double> mean;  ///< sum / number of the option's tokens: longer options are not held
                             ///< against themselves
  /// log P(option | prompt) - log P(option | content-free prompt): domain-conditional pointwise
  /// mutual information (Holtzman et al. 2021, "Surface form competition", arXiv 2104.08315). An
  /// option that is likely whatever is asked loses that advantage.
  std::vector<double> pmi;
};

/// Scores of options[b] after row b of `batch`, whose rows end where the answer begins (padding on
/// either side). Each image is encoded once; what the rows on the same images have in common at
/// their beginning, and the options of a row theirs, is computed once. `content_free` is the prompt
/// of `pmi`, without an image, as content_free_prompt() makes it; its likelihoods are computed once
/// for options that rows share. Usage error if options are empty, repeated or not one list per
/// row.
std::vector<OptionScores> option_scores(model::Mllama& model, const data::Batch& batch,
                                        const std::vector<OptionTokens>& options,
                                        const std::vector<std::int64_t>& content_free);
/// The same if the images were encoded before: `image_states` [I, T*P, D].
std::vector<OptionScores> option_scores(model::Mllama& model, const data::Batch& batch,
                                        const at::Tensor& image_states,
                                        const std::vector<OptionTokens>& options,
                                        const std::vector<std::int64_t>& content_free);

/// The prompt of a user turn that shows and asks nothing: "Answer:", the domain premise of Holtzman
/// et al., in the headers that the chat template puts around a question on an image.
std::vector<std::int64_t> content_free_prompt(const text::Tokenizer& tokenizer);

/// Tokens of option texts as the assistant would say them, with <|eot_id|> at the end if
/// `closed`, so that an option is not favoured for being the beginning of another.
OptionTokens encode_options(const text::Tokenizer& tokenizer, const std::vector<std::string>& texts,
                            bool closed = true);

/// Softmax over the scores of one prompt: probabilities that sum to one, given that the answer is
/// one of the options.
std::vector<double> option_probabilities(const std::vector<double>& scores);

}  // namespace ecg_lora::decoding
