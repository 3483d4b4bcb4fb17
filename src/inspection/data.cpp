// Data folders in PTB-XL's layout.
#include <map>
#include <set>

#include "ecg_lora/ecg/ptbxl/labels.h"
#include "ecg_lora/inspection/describe.h"

namespace ecg_lora::inspection {
namespace {

namespace fs = std::filesystem;

Json by_fold(const ptbxl::Database& database) {
  std::map<int, std::pair<int, std::set<int>>> folds;
  for (const auto& record : database.records) {
    ++folds[record.strat_fold].first;
    folds[record.strat_fold].second.insert(record.patient_id);
  }
  Json rows = Json::array();
  for (const auto& [fold, line] : folds)
    rows.push_back({{"fold", fold}, {"records", line.first}, {"patients", line.second.size()}});
  return rows;
}

/// Records of each superclass by the benchmark's rule; a record may count in several.
Json by_superclass(const ptbxl::Database& database) {
  const ptbxl::LabelSet set(database, "superclass");
  std::vector<int> counts(set.labels().size());
  int without = 0;
  for (const auto& record : database.records) {
    bool any = false;
    const auto flags = set.of(record);
    for (std::size_t i = 0; i < flags.size(); ++i)
      if (flags[i]) ++counts[i], any = true;
    without += any ? 0 : 1;
  }
  Json rows = Json::array();
  for (std::size_t i = 0; i < counts.size(); ++i)
    rows.push_back({{"superclass", set.labels()[i].name},
                    {"meaning", set.labels()[i].description},
                    {"records", counts[i]}});
  rows.push_back(
      {{"superclass", "none"}, {"meaning", "no statement of a superclass"}, {"records", without}});
  return rows;
}

int patients_in_several_folds(const ptbxl::Database& database) {
  std::map<int, std::set<int>> folds;
  for (const auto& record : database.records) folds[record.patient_id].insert(record.strat_fold);
  int several = 0;
  for (const auto& [patient, set] : folds) several += set.size() > 1 ? 1 : 0;
  return several;
}

/// Header and signal files of one rate; what is missing relative to the root.
Json waveforms(const ptbxl::Database& database, int rate) {
  Json missing = Json::array();
  std::size_t complete = 0;
  for (const auto& record : database.records) {
    const auto path = database.waveform(record, rate);
    bool whole = true;
    for (const char* extension : {".hea", ".dat"}) {
      if (fs::exists(path.string() + extension)) continue;
      missing.push_back((rate == 100 ? record.filename_lr : record.filename_hr) + extension);
      whole = false;
    }
    complete += whole ? 1 : 0;
  }
  return {{"records_complete", complete}, {"files_missing", missing.size()}, {"missing", missing}};
}

}  // namespace

Description describe_data(const fs::path& root, const std::vector<std::string>& recordings) {
  const auto database = ptbxl::load_database(root, recordings);
  std::set<int> patients;
  for (const auto& record : database.records) patients.insert(record.patient_id);
  Description description;
  auto& out = description.content;
  out = {{"kind", "data set in PTB-XL's layout"},
         {"path", root.string()},
         {"records", database.records.size()},
         {"patients", patients.size()},
         {"patients_in_several_folds", patients_in_several_folds(database)},
         {"statements", database.statements.size()},
         {"folds", by_fold(database)},
         {"superclasses", by_superclass(database)}};
  Json best;  // of the rate with the fewest files missing
  for (const int rate : {100, 500}) {
    auto files = waveforms(database, rate);
    if (best.is_null() || files["files_missing"] < best["files_missing"]) best = files;
    out[cat("waveforms_", rate, "_Hz")] = std::move(files);
  }
  // One whole rate is enough to work with.
  if (best["missing"].empty()) return description;
  description.code = ExitCode::data;
  description.problem = cat(root.string(), " is whole at no sampling rate: at best ",
                            best["files_missing"], " waveform files are missing (",
                            first_few(best["missing"]), "); copy or download them again");
  return description;
}

}  // namespace ecg_lora::inspection
