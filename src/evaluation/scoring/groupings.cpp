#include "score_source.h"

namespace ecg_lora::evaluation {
namespace {

std::string age_band(double age) {
  if (age < 18) return "under 18";
  if (age < 40) return "18-39";
  if (age < 60) return "40-59";
  return age < 80 ? "60-79" : "80 and over";  // 300 stands for above 89
}

std::vector<std::string> quality_groups(const ptbxl::SignalQuality& quality) {
  std::vector<std::string> groups;
  if (!quality.baseline_drift.empty()) groups.push_back("baseline drift");
  if (!quality.static_noise.empty()) groups.push_back("static noise");
  if (!quality.burst_noise.empty()) groups.push_back("burst noise");
  if (!quality.electrodes_problems.empty()) groups.push_back("electrode problems");
  if (groups.empty()) groups.push_back("nothing noted");
  return groups;
}

}  // namespace

std::vector<metrics::Grouping> groupings_of(const ptbxl::Database& database) {
  metrics::Grouping sex{"sex", {}}, age{"age", {}}, site{"site", {}}, device{"device", {}},
      quality{"signal quality", {}};
  for (const auto& record : database.records) {
    const int id = record.ecg_id;
    if (record.sex) sex.groups[id] = {*record.sex == 0 ? "male" : "female"};
    if (record.age) age.groups[id] = {age_band(*record.age)};
    if (!record.site.empty()) site.groups[id] = {record.site};
    if (!record.device.empty()) device.groups[id] = {record.device};
    quality.groups[id] = quality_groups(record.quality);
  }
  return {sex, age, site, device, quality};
}

}  // namespace ecg_lora::evaluation
