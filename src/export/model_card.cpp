#include "ecg_lora/export/model_card.h"

#include <algorithm>
#include <iomanip>
#include <sstream>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/hash.h"
#include "ecg_lora/cost/card.h"
#include "ecg_lora/export/finish.h"
#include "ecg_lora/lora/adapter_file.h"

namespace ecg_lora::exports {
namespace {

namespace fs = std::filesystem;

std::string base_name(const std::string& base) {
  return fs::path(base).lexically_normal().filename().empty()
             ? fs::path(base).parent_path().filename().string()
             : fs::path(base).filename().string();
}

void front_matter(std::ostream& out, const std::string& base, bool adapter) {
  out << "---\nbase_model: " << base << "\nlibrary_name: " << (adapter ? "peft" : "transformers")
      << "\npipeline_tag: image-text-to-text\ntags: [ecg, lora, mllama]\n---\n\n";
}

/// `name`: what to call the folder, which may still stand under a temporary name.
void adapter_row(std::ostream& out, const fs::path& folder, const fs::path& name, double weight,
                 bool merged) {
  const lora::AdapterFile file(folder);
  const auto& config = file.config();
  out << "- adapter `" << name.string() << "`: rank " << config.rank << ", alpha " << config.alpha
      << (config.use_rslora ? ", rsLoRA" : "") << (config.use_dora ? ", DoRA" : "") << ", "
      << file.modules().size() << " linears, " << file.parameters() << " parameters, weight "
      << weight << ", SHA-256 " << sha256_file(folder / "adapter_model.safetensors") << "\n";
  if (file.base_quantisation() != "none")
    out << "  - trained on a base quantised to " << file.base_quantisation()
        << (merged ? "; merged here into the base's full-precision weights, whose outputs differ "
                     "slightly from those that it was trained with\n"
                   : "\n");
}

/// What the run's config says of data and folds.
void training_row(std::ostream& out, const fs::path& adapter) {
  const auto config = fs::absolute(adapter).lexically_normal().parent_path() / "config.json";
  if (!fs::exists(config)) return;
  const auto json = read_json(config);
  if (!json.is_object() || !json.contains("data")) return;
  const auto& data = json["data"];
  const auto instructions = data.value("instructions", Json::array());
  const auto root = data.value("root", "");
  const char* before = "- training data: ";
  for (const auto& file : instructions) {
    out << before << "`" << file.get<std::string>() << "`";
    before = ", ";
  }
  if (!root.empty() || instructions.empty())
    out << (instructions.empty() ? before : "; ") << "`" << root << "`, labels "
        << data.value("labels", "") << ", folds " << data.value("train_folds", Json()).dump()
        << " to train, " << data.value("valid_folds", Json()).dump() << " to choose, "
        << data.value("test_folds", Json()).dump() << " to test";
  out << "; seed " << json.value("seed", Json()).dump() << "\n";
}

void score_rows(std::ostream& out, const Json& scores) {
  if (!scores.is_object()) {
    out << "Not evaluated. `ecg-lora eval` scores it.\n";
    return;
  }
  if (scores.contains("folds")) out << scores["folds"].get<std::string>() << "\n\n";
  if (!scores.contains("macro") || !scores["macro"].is_object()) return;
  out << "| macro | value | 95 % interval |\n|---|---|---|\n" << std::fixed << std::setprecision(3);
  for (const auto& [name, estimate] : scores["macro"].items()) {
    if (!estimate.is_object() || !estimate.value("value", Json()).is_number()) continue;
    out << "| " << name << " | " << estimate["value"].get<double>() << " | ";
    if (estimate.value("low", Json()).is_number())
      out << estimate["low"].get<double>() << " to " << estimate["high"].get<double>();
    out << " |\n";
  }
}

/// For which programs the list of config.json is right.
void form_of_states(std::ostream& out, const model::KeptStates& kept) {
  out << "- vision states " << to_string(kept) << ": right for `ecg-lora`";
  if (kept.states == model::VisionStates::leaving)
    out << " and for transformers 4.56 or newer; older versions compute other states from this "
           "list: for them, use `ecg-lora merge --for meta`\n";
  else
    out << ", Meta's code, and transformers up to 4.54; newer versions compute other states from "
           "this list: for them, use `ecg-lora merge` without `--for meta`\n";
}

/// How transformers, which takes the states that leave layers, computes on a base whose list means
/// those that enter them.
void loading_with_peft(std::ostream& out, const CardBase& base) {
  const auto& vision = base.vision;
  const auto& layers = vision.intermediate_layers;
  if (vision.states == model::VisionStates::leaving || layers.empty()) return;
  if (std::find(layers.begin(), layers.end(), 0) != layers.end()) {
    out << "- transformers cannot compute the state that enters local layer 0 of the vision tower, "
           "which this base keeps; use `ecg-lora`\n";
    return;
  }
  const auto kept =
      converted(vision.kept_states(), model::VisionStates::leaving, vision.local_layers);
  out << "\n## Loading with transformers and peft\n\nThe base names the vision states that enter "
         "its layers, as Meta's code takes them. transformers 4.56 and\nnewer takes those that "
         "leave them. The first two lines name the same states for it; without them it\ncomputes "
         "other states than this adapter was trained with.\n\n"
      << "    config = AutoConfig.from_pretrained(BASE)\n"
      << "    config.vision_config.update(" << to_json(kept).dump() << ")\n"
      << "    base = MllamaForConditionalGeneration.from_pretrained(BASE, config=config)\n"
      << "    model = PeftModel.from_pretrained(base, ADAPTER)\n";
}

/// What training the adapter cost, if its folder says so. `heading`: of the section.
void cost_section(std::ostream& out, const fs::path& adapter, const std::string& heading) {
  const auto file = adapter / cost::kCostFile;
  if (fs::exists(file)) out << "\n" << cost::markdown(cost::read_cost_record(file), heading);
}

void closing(std::ostream& out, const Json& scores) {
  out << "\n## Scores\n\n";
  score_rows(out, scores);
  out << "\n## Licence and use\n\nThe licence of the base model holds for this model too (Llama "
         "3.2: the Llama 3.2 Community License and its use policy); that of the training data\n"
         "may add conditions (PTB-XL: CC BY 4.0; MIMIC-IV-ECG: ODbL). For research. It is not a "
         "medical device, and must not be used to\ndiagnose or treat anyone.\n";
}

}  // namespace

std::string merged_card(const std::string& base, const std::vector<lora::WeightedAdapter>& adapters,
                        const model::KeptStates& kept, const Json& scores) {
  std::ostringstream out;
  front_matter(out, base_name(base), false);
  out << "# " << base_name(base)
      << ", fine-tuned on ECG pages\n\nWritten by `ecg-lora merge`; loads in transformers as "
         "`MllamaForConditionalGeneration`.\n\n- base `"
      << base << "`\n";
  for (const auto& [folder, weight] : adapters) {
    adapter_row(out, folder, folder, weight, true);
    training_row(out, folder);
  }
  form_of_states(out, kept);
  for (const auto& [folder, weight] : adapters)
    cost_section(out, folder,
                 adapters.size() == 1 ? "Cost of training"
                                      : cat("Cost of training `", folder.string(), "`"));
  closing(out, scores);
  return out.str();
}

std::string trained_card(const fs::path& folder, const fs::path& name, const std::string& base) {
  std::ostringstream out;
  front_matter(out, base_name(base), false);
  out << "# " << base_name(base) << ", fine-tuned on ECG pages\n\nWritten by `ecg-lora train`, all "
      << "parameters but embeddings trained; loads in transformers as "
      << "`MllamaForConditionalGeneration`.\n\n- base `" << base << "`\n";
  training_row(out, name);
  form_of_states(out, model::load_model_config(folder.string()).vision.kept_states());
  cost_section(out, folder, "Cost of training");
  closing(out, Json());
  return out.str();
}

std::string adapter_card(const fs::path& adapter, const fs::path& name, const CardBase& base,
                         const Json& scores) {
  std::ostringstream out;
  front_matter(out, base_name(base.folder), true);
  out << "# LoRA adapter for ECG pages\n\nWritten by `ecg-lora train`; loads in peft with "
         "`PeftModel.from_pretrained(base, folder)`.\n\n- base `"
      << base.folder << "`, vision states " << to_string(base.vision.kept_states()) << "\n";
  adapter_row(out, adapter, name, 1, false);
  training_row(out, adapter);
  if (const auto stops = stops_to_pass(base.folder); !stops.empty())
    out << "- pass `" << stops << "` to `generate()`: the base does not stop where answers end\n";
  loading_with_peft(out, base);
  cost_section(out, adapter, "Cost of training");
  closing(out, scores);
  return out.str();
}

}  // namespace ecg_lora::exports
