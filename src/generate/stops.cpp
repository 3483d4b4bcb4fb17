#include <algorithm>
#include <filesystem>

#include "ecg_lora/base/json.h"
#include "ecg_lora/generate/decode.h"

namespace ecg_lora::generate {

std::vector<std::int64_t> load_stops(const std::filesystem::path& folder, const model::ModelConfig& config, const text::Tokenizer& tokenizer) {
  auto stops = config.eos_token_ids;
  const auto file = folder / "generation_config.json";
  if (std::filesystem::exists(file)) {
    const auto json = read_json(file, ExitCode::checkpoint);
    const auto found = json.is_object() ? json.find("eos_token_id") : json.end();
    if (found != json.end() && !found->is_null()) {
      stops.clear();
      for (const auto& id : found->is_array() ? *found : Json::array({*found})) {
        if (!id.is_number_integer()) throw_checkpoint(file.string(), ": eos_token_id is ", found->dump(), ", expected a token id or a list of them; restore the file");
        stops.push_back(id.get<std::int64_t>());
      }
    }
  }
  const auto turn = tokenizer.id("<|eot_id|>");
  if (turn && std::find(stops.begin(), stops.end(), *turn) == stops.end()) stops.push_back(*turn);
  return stops;
}

}  // namespace ecg_lora::generate
