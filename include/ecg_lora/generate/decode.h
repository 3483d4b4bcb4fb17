// Greedy decoding with a cache of keys and values.
#pragma once

#include <cstdint>
#include <vector>

#include "ecg_lora/data/batch.h"
#include "ecg_lora/model/mllama.h"

namespace ecg_lora::generate {

/// The most likely continuation of each row of `batch`, up to `most` tokens or one of `stops` (not included). Rows may differ in length only
/// where they are padded on the left; usage error where a row is padded on the right. Each image is encoded once, and keys and values of
/// images and past tokens are kept.
std::vector<std::vector<std::int64_t>> greedy(model::Mllama& model, const data::Batch& batch, const std::vector<std::int64_t>& stops,
                                              std::int64_t most);

}  // namespace ecg_lora::generate
