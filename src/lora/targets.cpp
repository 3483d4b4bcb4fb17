#include "ecg_lora/lora/targets.h"

#include <c10/util/accumulate.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <tuple>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/glob.h"
#include "ecg_lora/base/text_table.h"
#include "ecg_lora/model/shape/table.h"

namespace ecg_lora::lora {
namespace {

const std::string kTextPrefix = "language_model.model.", kVisionPrefix = "vision_model.";

}  // namespace

std::vector<Target> linears_of(const model::ModelConfig& config) {
  std::vector<Target> result;
  for (const auto& spec : model::tensor_table(config)) {
    if (!model::is_linear_weight(spec)) continue;
    Target target;
    target.module = model::module_of(spec);
    target.in = spec.shape[1];
    target.out = spec.shape[0];
    target.tower = model::tower_of(target.module);
    target.kind = target.module.substr(target.module.rfind('.') + 1);
    result.push_back(std::move(target));
  }
  return result;
}

namespace {

void refuse_frozen(const std::string& glob) {
  for (const std::string frozen : {"lm_head", "embed_tokens"})
    if (glob.find(frozen) != std::string::npos)
      throw_usage("lora target '", glob, "' names ", frozen,
                  ", which is always frozen (its rows are shared by every task and dominate the "
                  "parameters); "
                  "remove it from the targets");
}

/// "8-39" or "3"; all layers if empty.
struct LayerRange {
  LayerRange(const std::string& text, const std::string& key) {
    if (text.empty()) return;
    const auto dash = text.find('-');
    if (!number(text.substr(0, dash), first) ||
        !number(dash == std::string::npos ? text : text.substr(dash + 1), last) || first > last)
      throw_usage(key, " is '", text,
                  "', expected a layer or a range such as 8-39; leave it empty for all layers");
  }
  static bool number(const std::string& text, std::int64_t& value) {
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    return status == std::errc() && end == text.data() + text.size() && value >= 0;
  }
  std::int64_t first = 0, last = std::numeric_limits<std::int64_t>::max();
};

/// Number of the layer of a target. Global layers of the vision tower count on from its local ones.
std::int64_t layer_of(const Target& target, const model::ModelConfig& config) {
  const std::string key = "layers.";
  const auto number = std::stoll(target.module.substr(target.module.find(key) + key.size()));
  return number + (target.module.find(".global_transformer.") != std::string::npos
                       ? config.vision.local_layers
                       : 0);
}

/// Marks the linears of `tower` in `layers` that any of `globs` hits.
void mark(const std::vector<Target>& all, const model::ModelConfig& config,
          const std::string& tower, const std::string& prefix,
          const std::vector<std::string>& globs, const LayerRange& layers, std::vector<bool>& hit) {
  for (const auto& glob : globs) {
    refuse_frozen(glob);
    bool any = false;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].tower != tower ||
          !glob_match(glob, std::string_view(all[i].module).substr(prefix.size())))
        continue;
      if (const auto layer = layer_of(all[i], config); layer < layers.first || layer > layers.last)
        continue;
      hit[i] = any = true;
    }
    if (!any)
      throw_usage(
          "lora.", tower, " glob '", glob, "' hits no linear of the ", tower,
          " tower, expected at least one such as '",
          tower == "text" ? "layers.0.self_attn.q_proj" : "transformer.layers.0.self_attn.q_proj",
          "'; globs are matched against whole names, so write for example \"*.q_proj\"");
  }
}

/// Gives each target the value of the first entry "glob=value" whose glob matches its whole name on
/// disk, else `otherwise`.
void apply_pattern(std::vector<Target>& targets, const std::vector<std::string>& pattern,
                   const std::string& key, double otherwise,
                   const std::function<void(Target&, double)>& assign) {
  std::vector<std::pair<std::string, double>> entries;
  for (const auto& entry : pattern) {
    const auto equals = entry.rfind('=');
    double value = 0;
    const auto* end = entry.data() + entry.size();
    if (equals == std::string::npos ||
        std::from_chars(entry.data() + equals + 1, end, value).ptr != end || !(value > 0) ||
        (key == "lora.rank_pattern" && value != std::floor(value)))
      throw_usage(key, " has '", entry, "', expected a glob, = and a positive ",
                  key == "lora.rank_pattern" ? "integer" : "number",
                  ", for example \"*.mlp.*=16\"");
    entries.emplace_back(entry.substr(0, equals), value);
    if (std::none_of(targets.begin(), targets.end(),
                     [&](const Target& t) { return glob_match(entries.back().first, t.module); }))
      throw_usage(key, " glob '", entries.back().first,
                  "' hits no adapted linear, expected at least one such as '",
                  targets.front().module, "'; globs are matched against whole names");
  }
  for (auto& target : targets) {
    const auto found = std::find_if(entries.begin(), entries.end(), [&](const auto& e) {
      return glob_match(e.first, target.module);
    });
    assign(target, found == entries.end() ? otherwise : found->second);
  }
}

std::string with_commas(std::int64_t value) {
  const auto digits = std::to_string(value);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

}  // namespace

std::vector<Target> find_targets(const model::ModelConfig& config, const LoraSpec& spec) {
  const auto all = linears_of(config);
  std::vector<bool> hit(all.size(), false);
  mark(all, config, "text", kTextPrefix, spec.text,
       LayerRange(spec.text_layers, "lora.text_layers"), hit);
  mark(all, config, "vision", kVisionPrefix, spec.vision,
       LayerRange(spec.vision_layers, "lora.vision_layers"), hit);
  std::vector<Target> result;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (hit[i] || (spec.projector && all[i].tower == "projector")) result.push_back(all[i]);
  if (result.empty())
    throw_usage(
        "lora.text, lora.vision and lora.projector name no linear at all; give at least one glob, "
        "for example "
        "lora.text=[\"*\"]");
  apply_pattern(result, spec.rank_pattern, "lora.rank_pattern", static_cast<double>(spec.rank),
                [](Target& t, double value) { t.rank = static_cast<std::int64_t>(value); });
  apply_pattern(result, spec.alpha_pattern, "lora.alpha_pattern", spec.alpha,
                [](Target& t, double value) { t.alpha = value; });
  for (auto& target : result) target.magnitude = spec.dora;
  return result;
}

InjectReport make_report(const model::ModelConfig& config, const std::vector<Target>& targets) {
  InjectReport report;
  struct Line {
    std::int64_t modules = 0, parameters = 0;
  };
  std::map<std::tuple<std::string, std::string, std::int64_t>, Line> lines;  // tower, kind, rank
  for (const auto& target : targets) {
    report.modules.push_back(target.module);
    auto& line = lines[{target.tower, target.kind, target.rank}];
    ++line.modules;
    line.parameters += target.parameters();
    report.trainable += target.parameters();
  }
  for (const auto& spec : model::tensor_table(config))
    report.total += c10::multiply_integers(spec.shape);
  report.total += report.trainable;

  TextTable table({"tower", "linear", "modules", "rank", "parameters"}, 2);
  for (const auto& [key, line] : lines) {
    const auto& [tower, kind, rank] = key;
    table.row({tower, kind == "multi_modal_projector" ? "linear" : kind, cat(line.modules),
               cat(rank), with_commas(line.parameters)});
  }
  const auto share =
      100.0 * static_cast<double>(report.trainable) / static_cast<double>(report.total);
  report.table = cat(table.text(), "trainable ", with_commas(report.trainable), " of ",
                     with_commas(report.total), " parameters (", fixed_text(share, 2), " %)");
  return report;
}

}  // namespace ecg_lora::lora
