// Greedy and sampled decoding with a cache of keys and values.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "ecg_lora/data/batch/batch.h"
#include "ecg_lora/model/mllama/mllama.h"
#include "ecg_lora/text/tokenizer.h"

namespace ecg_lora::decoding {

/// How the next token is chosen: temperature, then top_k, then top_p, in the order and with the
/// meaning they have in transformers.
struct DecodeOptions {
  std::int64_t max_new_tokens = 128;  ///< longest continuation; at least 1
  std::vector<std::int64_t> stops;    ///< tokens that end it, as load_stops() finds them
  double temperature = 0;  ///< logits are divided by it; 0 takes the likeliest token (greedy)
  std::int64_t top_k = 0;  ///< the number of likeliest tokens to choose from; 0 for all
  double top_p = 1;  ///< only the likeliest tokens that together reach this probability; 1 for all
  std::uint64_t seed = 1;  ///< of the draws
};

/// The continuation of one row.
struct Decoded {
  std::vector<std::int64_t> tokens;  ///< without the stop token
  double logprob = 0;    ///< log-probability of `tokens` and of the stop token under the model
                         ///< itself, before temperature, top_k and top_p
  bool stopped = false;  ///< a stop token came; false if `max_new_tokens` cut it off
};

/// A continuation of each row of `batch`, in its order. Rows may differ in length, with padding on
/// either side, and in their number of images. Each image is encoded once, and keys and values of
/// images and past tokens are kept. What a row draws is a function of (seed, its sample id, its
/// tokens, position): other rows of the batch change nothing. Usage error for options out of range.
std::vector<Decoded> decode(model::Mllama& model, const data::Batch& batch,
                            const DecodeOptions& options);

/// The same if the images were encoded before: `image_states` [I, T*P, D], as
/// Mllama::encode_images() gives them.
std::vector<Decoded> decode(model::Mllama& model, const data::Batch& batch,
                            const at::Tensor& image_states, const DecodeOptions& options);

/// Tokens that end an answer: those of the checkpoint (`config`, as load_model_config() reads it),
/// and <|eot_id|>, with which every answer ends that training shows.
std::vector<std::int64_t> load_stops(const model::ModelConfig& config,
                                     const text::Tokenizer& tokenizer);

}  // namespace ecg_lora::decoding
