#include "adapter_states.h"

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/log_once.h"
#include "ecg_lora/lora/adapter_file.h"

namespace ecg_lora::lora {

std::optional<model::KeptStates> kept_of(const std::map<std::string, std::string>& metadata,
                                         const std::filesystem::path& adapter) {
  const auto noted = metadata.find(model::kVisionStates);
  if (noted == metadata.end()) return std::nullopt;
  const auto list = metadata.find(model::kStateLayers);
  const auto layers = list == metadata.end()
                          ? Json()
                          : Json::parse(list->second, nullptr, /*allow_exceptions=*/false);
  return model::parse_kept_states(
      {{model::kVisionStates, noted->second}, {model::kStateLayers, layers}},
      cat("adapter ", adapter.string()));
}

namespace {

/// How to open the base as the adapter knows it.
std::string as_trained(const model::KeptStates& kept, const model::VisionConfig& base) {
  if (kept.layers != base.intermediate_layers) return "use the base that it was trained on";
  return cat("--vision-states ", to_string(kept.states), " opens the base as it was trained");
}

}  // namespace

bool AdapterFile::has_other_states(const model::VisionConfig& base) const {
  return kept_ && kept_->layers_run() != base.kept_states().layers_run();
}

void AdapterFile::check_states(const model::VisionConfig& base) const {
  const bool chosen = base.states_origin == model::VisionStatesOrigin::user;
  const auto used = to_string(base.kept_states());
  if (has_other_states(base)) {
    const auto what = cat("adapter ", folder_.string(), " was trained with the vision states ",
                          to_string(*kept_), ", and the base is opened with ", used);
    if (!chosen)
      throw_checkpoint(what, ", expected the same; ", as_trained(*kept_, base),
                       ", and --vision-states ", to_string(base.states),
                       " (vision_states in a config) uses it all the same");
    return warn_once(what + ", as vision_states says: it does not answer as it did in training");
  }
  const bool clear = kept_ || chosen || base.intermediate_layers.empty() ||
                     base.states == model::VisionStates::leaving;
  if (!clear)
    warn_once(cat("adapter ", folder_.string(),
                  " does not say which vision states it was trained with; they are taken as those "
                  "of the base, ",
                  used,
                  "; if it was trained with transformers 4.56 or newer on this base, "
                  "--vision-states leaving (vision_states in a config) takes what it learned"));
}

}  // namespace ecg_lora::lora
