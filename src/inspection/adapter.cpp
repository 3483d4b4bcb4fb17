// Adapter folders: what they target, and whether they fit a base.
#include <cmath>
#include <map>
#include <tuple>

#include "ecg_lora/base/hash.h"
#include "ecg_lora/inspection/describe.h"
#include "ecg_lora/lora/adapter_file.h"
#include "ecg_lora/model/shape/table.h"

namespace ecg_lora::inspection {
namespace {

namespace fs = std::filesystem;

Json describe_targets(const lora::AdapterFile& file) {
  std::map<std::tuple<std::string, std::string, std::int64_t>,
           std::pair<std::int64_t, std::int64_t>>
      lines;  // tower, kind, rank
  for (const auto& [module, adapter] : file.modules()) {
    auto& line =
        lines[{model::tower_of(module), module.substr(module.rfind('.') + 1), adapter.a.size(0)}];
    ++line.first;
    line.second += adapter.a.numel() + adapter.b.numel() +
                   (adapter.magnitude.defined() ? adapter.magnitude.numel() : 0);
  }
  Json rows = Json::array();
  for (const auto& [key, line] : lines)
    rows.push_back({{"tower", std::get<0>(key)},
                    {"linear", std::get<1>(key)},
                    {"modules", line.first},
                    {"rank", std::get<2>(key)},
                    {"parameters", line.second}});
  return rows;
}

/// Norm of all updates together, and how many modules have one.
Json describe_update(const lora::AdapterFile& file) {
  double squares = 0;
  std::int64_t changing = 0;
  for (const auto& [module, adapter] : file.modules()) {
    const double norm =
        adapter.scale *
        at::mm(adapter.b.to(at::kFloat), adapter.a.to(at::kFloat)).norm().item<double>();
    squares += norm * norm;
    changing += norm > 0;
  }
  return {{"norm", std::sqrt(squares)}, {"modules_with_update", changing}};
}

/// Reasons why the adapter is not to be used on `base`; empty if it is.
std::vector<std::string> why_not(const lora::AdapterFile& file, const model::ModelConfig& base) {
  auto reasons = file.mismatches(base);
  const bool chosen = base.vision.states_origin == model::VisionStatesOrigin::user;
  if (file.has_other_states(base.vision) && !chosen)
    reasons.push_back(cat("it was trained with the vision states ", to_string(*file.kept_states()),
                          ", and the base keeps ", to_string(base.vision.kept_states())));
  else
    file.check_states(base.vision);
  return reasons;
}

/// Whether the adapter fits `base`; a problem if it does not.
void add_fit(Description& description, const lora::AdapterFile& file, const fs::path& base,
             const ChosenStates& states) {
  const Json why = why_not(file, model::load_model_config(base, states));
  auto& out = description.content;
  out["fit"] = {{"base", base.string()}, {"fits", why.empty()}, {"why_not", why}};
  if (why.empty()) return;
  const auto& made_for = file.config().base_model;
  description.code = ExitCode::checkpoint;
  description.problem =
      cat("adapter ", out["path"].get<std::string>(), " does not fit ", base.string(), " (",
          first_few(why), "); use it with the base that it was made for",
          made_for.empty() ? "" : ", " + made_for);
}

}  // namespace

Description describe_adapter(const fs::path& folder, const fs::path& base,
                             const ChosenStates& states) {
  const lora::AdapterFile file(folder);
  const auto& config = file.config();
  const auto weights = folder / "adapter_model.safetensors";
  Description description;
  description.content = {
      {"kind", config.use_dora ? "DoRA adapter (PEFT)" : "LoRA adapter (PEFT)"},
      {"path", folder.string()},
      {"base", config.base_model.empty() ? Json() : Json(config.base_model)},
      {"rank", config.rank},
      {"alpha", config.alpha},
      {"scale", file.modules().begin()->second.scale},
      {"rslora", config.use_rslora},
      {"init", config.init},
      {"base_quantisation", file.base_quantisation()},
      {"vision_states", file.kept_states() ? Json(to_string(file.kept_states()->states)) : Json()},
      {"intermediate_layers_indices",
       file.kept_states() ? Json(file.kept_states()->layers) : Json()},
      {"dropout", config.dropout},
      {"modules", file.modules().size()},
      {"parameters", file.parameters()},
      {"update", describe_update(file)},
      {"bytes", fs::file_size(weights)},
      {"sha256", sha256_file(weights)},
      {"targets", describe_targets(file)}};
  if (!base.empty()) add_fit(description, file, base, states);
  return description;
}

}  // namespace ecg_lora::inspection
