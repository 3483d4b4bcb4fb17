#include "targets.h"

#include <iomanip>
#include <map>
#include <numeric>
#include <set>
#include <sstream>

#include "ecg_lora/base/error.h"
#include "ecg_lora/model/table.h"
#include "glob.h"

namespace ecg_lora::lora {
namespace {

const std::string text_prefix = "language_model.model.", vision_prefix = "vision_model.";

bool starts_with(const std::string& text, const std::string& prefix) { return text.rfind(prefix, 0) == 0; }

/// Linears are the two-dimensional weights of layers, and the projector.
std::vector<Target> linears(const model::ModelConfig& config) {
  std::vector<Target> result;
  for (const auto& spec : model::tensor_table(config)) {
    const auto end = spec.name.rfind(".weight");
    if (end == std::string::npos || end + 7 != spec.name.size() || spec.shape.size() != 2) continue;
    Target target{spec.name.substr(0, end), "", "", spec.shape[1], spec.shape[0]};
    const bool layer = target.module.find(".layers.") != std::string::npos;
    if (starts_with(target.module, text_prefix) && layer)
      target.tower = "text";
    else if (starts_with(target.module, vision_prefix) && layer)
      target.tower = "vision";
    else if (target.module == "multi_modal_projector")
      target.tower = "projector";
    else
      continue;
    target.kind = target.module.substr(target.module.rfind('.') + 1);
    result.push_back(std::move(target));
  }
  return result;
}

void refuse_frozen(const std::string& glob) {
  for (const std::string frozen : {"lm_head", "embed_tokens"})
    if (glob.find(frozen) != std::string::npos)
      throw_usage("lora target '", glob, "' names ", frozen,
                  ", which is always frozen (its rows are shared by every task and dominate the parameters); "
                  "remove it from the targets");
}

/// Marks the linears of `tower` that any of `globs` hits.
void mark(const std::vector<Target>& all, const std::string& tower, const std::string& prefix,
          const std::vector<std::string>& globs, std::vector<bool>& hit) {
  for (const auto& glob : globs) {
    refuse_frozen(glob);
    bool any = false;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].tower != tower || !glob_match(glob, std::string_view(all[i].module).substr(prefix.size()))) continue;
      hit[i] = any = true;
    }
    if (!any)
      throw_usage("lora.", tower, " glob '", glob, "' hits no linear of the ", tower, " tower, expected at least one such as '",
                  tower == "text" ? "layers.0.self_attn.q_proj" : "transformer.layers.0.self_attn.q_proj",
                  "'; globs are matched against whole names, so write for example \"*.q_proj\"");
  }
}

std::string with_commas(std::int64_t value) {
  auto text = std::to_string(value);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
    text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

}  // namespace

std::vector<Target> find_targets(const model::ModelConfig& config, const LoraSpec& spec) {
  const auto all = linears(config);
  std::vector<bool> hit(all.size(), false);
  mark(all, "text", text_prefix, spec.text, hit);
  mark(all, "vision", vision_prefix, spec.vision, hit);
  std::vector<Target> result;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (hit[i] || (spec.projector && all[i].tower == "projector")) result.push_back(all[i]);
  if (result.empty())
    throw_usage("lora.text, lora.vision and lora.projector name no linear at all; give at least one glob, for example "
                "lora.text=[\"*\"]");
  return result;
}

InjectReport make_report(const model::ModelConfig& config, const std::vector<Target>& targets, std::int64_t rank) {
  InjectReport report;
  struct Line {
    std::int64_t modules = 0, parameters = 0;
    std::set<std::string> shapes;
  };
  std::map<std::pair<std::string, std::string>, Line> lines;
  for (const auto& target : targets) {
    report.modules.push_back(target.module);
    auto& line = lines[{target.tower, target.kind}];
    ++line.modules;
    line.parameters += rank * (target.in + target.out);
    report.trainable += rank * (target.in + target.out);
  }
  for (const auto& spec : model::tensor_table(config))
    report.total += std::accumulate(spec.shape.begin(), spec.shape.end(), std::int64_t{1}, std::multiplies<>());
  report.total += report.trainable;

  std::ostringstream out;
  out << std::left << std::setw(11) << "tower" << std::setw(12) << "linear" << std::right << std::setw(8) << "modules"
      << std::setw(7) << "rank" << std::setw(15) << "parameters" << "\n";
  for (const auto& [key, line] : lines)
    out << std::left << std::setw(11) << key.first << std::setw(12) << (key.second == "multi_modal_projector" ? "linear" : key.second)
        << std::right << std::setw(8) << line.modules << std::setw(7) << rank << std::setw(15)
        << with_commas(line.parameters) << "\n";
  out << "trainable " << with_commas(report.trainable) << " of " << with_commas(report.total) << " parameters ("
      << std::fixed << std::setprecision(2)
      << 100.0 * static_cast<double>(report.trainable) / static_cast<double>(report.total) << " %)";
  report.table = out.str();
  return report;
}

}  // namespace ecg_lora::lora
