#include "ecg_lora/export/merge_report.h"

#include <algorithm>
#include <iomanip>
#include <sstream>

#include "ecg_lora/model/shape/vision_states.h"

namespace ecg_lora::exports {
namespace {

void write_changes(std::ostream& out, std::vector<lora::TensorChange> changes) {
  std::sort(changes.begin(), changes.end(),
            [](const auto& a, const auto& b) { return a.relative > b.relative; });
  out << "largest changes, relative to the weight's norm:\n";
  for (std::size_t i = 0; i < changes.size() && i < 5; ++i)
    out << "  " << std::scientific << std::setprecision(2) << changes[i].relative << "  "
        << changes[i].name << "\n";
}

void write_quantised(std::ostream& out, const lora::MergeOptions& options,
                     const lora::MergeReport& report) {
  for (std::size_t i = 0; i < report.base_quantisations.size(); ++i)
    if (report.base_quantisations[i] != "none")
      out << "adapter " << options.adapters[i].folder.string()
          << " was trained on a base quantised to " << report.base_quantisations[i]
          << "; it was merged into the base's full-precision weights\n";
}

}  // namespace

Json report_json(const std::string& base, const std::string& out, const lora::MergeOptions& options,
                 const lora::MergeReport& report) {
  Json adapters = Json::array(), changes = Json::array();
  for (std::size_t i = 0; i < options.adapters.size(); ++i) {
    const auto& [folder, weight] = options.adapters[i];
    adapters.push_back({{"path", folder.string()},
                        {"weight", weight},
                        {"base_quantisation", report.base_quantisations[i]}});
  }
  for (const auto& change : report.changes)
    changes.push_back(
        {{"tensor", change.name}, {"norm", change.norm}, {"relative", change.relative}});
  return {{"base", base},
          {"adapters", adapters},
          {"method", options.method},
          {"out", out},
          {"tensors", report.tensors},
          {"files", report.files},
          {"bytes", report.bytes},
          {model::kVisionStates, to_string(report.kept.states)},
          {model::kStateLayers, report.kept.layers},
          {"changed", changes}};
}

std::string report_text(const std::string& out, const lora::MergeOptions& options,
                        const lora::MergeReport& report) {
  std::ostringstream text;
  text << "merged " << report.changes.size() << " of " << report.tensors << " tensors, "
       << report.bytes << " bytes in " << report.files << (report.files == 1 ? " file" : " files")
       << ", to " << out << "\n";
  write_changes(text, report.changes);
  text << "vision states " << to_string(report.kept) << ", for "
       << (options.form == model::VisionStates::entering ? "meta" : "transformers") << "\n";
  write_quantised(text, options, report);
  return text.str();
}

}  // namespace ecg_lora::exports
