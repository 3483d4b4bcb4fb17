#include <algorithm>

#include "ecg_lora/inference/decoding/decode.h"

namespace ecg_lora::decoding {

std::vector<std::int64_t> load_stops(const model::ModelConfig& config,
                                     const text::Tokenizer& tokenizer) {
  auto stops = config.eos_token_ids;
  const auto turn = tokenizer.id("<|eot_id|>");
  if (turn && std::find(stops.begin(), stops.end(), *turn) == stops.end()) stops.push_back(*turn);
  return stops;
}

}  // namespace ecg_lora::decoding
