// A folder in PTB-XL's layout over recordings that lie elsewhere.
#include <algorithm>
#include <charconv>

#include "ecg_lora/base/csv.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/ptbxl/labels.h"
#include "ecg_lora/sources/label_map.h"
#include "ecg_lora/sources/snomed.h"

namespace ecg_lora::sources {
namespace {

std::string python_dict(const std::set<std::string>& labels) {
  std::string text;
  for (const auto& label : labels) text += (text.empty() ? "'" : ", '") + label + "': 100.0";
  return "{" + text + "}";
}

std::string number(std::optional<double> value) { return value ? cat(*value) : ""; }

/// Numbers for patients: one each name; a recording whose patient is unknown has its own.
class PatientNumbers {
 public:
  int of(const MappedRecord& record) {
    if (record.patient.empty()) return ++last_;
    const auto [found, fresh] = number_.emplace(record.patient, last_ + 1);
    last_ += fresh;
    return found->second;
  }

 private:
  std::map<std::string, int> number_;
  int last_ = 0;
};

std::string records_csv(const MappedCollection& mapped) {
  std::string text = "ecg_id,patient_id,age,sex,report,scp_codes,strat_fold,filename_lr,filename_hr,site,name\n";
  PatientNumbers patients;
  int id = 0;
  for (const auto& r : mapped.records) {
    const auto path = csv_cell(r.waveform.string());
    text += cat(++id, ",", patients.of(r), ",", number(r.age), ",", r.sex ? std::to_string(*r.sex) : "", ",", csv_cell(r.report), ",", csv_cell(python_dict(r.labels)), ",", r.fold, ",", path, ",", path, ",",
                csv_cell(r.site), ",", csv_cell(r.name), "\n");
  }
  return text;
}

/// The file as it is, and a line for each class of the map that is none of its statements, diagnostic of itself.
std::string statements_csv(const std::filesystem::path& file, const LabelMap& map) {
  auto text = read_file(file);
  if (!text.empty() && text.back() != '\n') text += '\n';
  const CsvTable table = CsvTable::read(file);
  const auto statements = ptbxl::load_statements(file);
  for (const auto& [label, codes] : map) {
    if (std::any_of(statements.begin(), statements.end(), [&](const auto& s) { return s.code == label; })) continue;
    std::string line = label;
    for (std::size_t c = 1; c < table.columns().size(); ++c) {
      const auto& column = table.columns()[c];
      line += "," + (column == "description" ? csv_cell(ptbxl::class_description(label)) : column == "diagnostic" ? "1.0" : column == "diagnostic_class" ? label : "");
    }
    text += line + "\n";
  }
  return text;
}

Json code_counts(const std::map<std::string, std::size_t>& codes) {
  Json json = Json::array();
  for (const auto& [code, records] : codes) {
    const auto* term = snomed_term(code);
    json.push_back({{"code", code}, {"name", term ? Json(std::string(term->name)) : Json(nullptr)}, {"records", records}});
  }
  return json;
}

}  // namespace

void write_external(const std::filesystem::path& folder, const MappedCollection& mapped, const LabelMap& map, const std::filesystem::path& statements_file, const Json& facts) {
  Json sites = Json::object();
  for (const auto& [site, labels] : mapped.labels_of_site) sites[site] = labels;
  Json json = facts;
  json.update({{"version", 1}, {"records", mapped.records.size()}, {"labels_of_site", sites}, {"unknown_codes", code_counts(mapped.unknown_codes)}, {"without_recording", mapped.without_waveform}, {"label_map", to_json(map)}});
  const auto statements = statements_csv(statements_file, map);
  AtomicFolder out(folder);
  write_file(out.staging() / "ptbxl_database.csv", records_csv(mapped));
  write_file(out.staging() / "scp_statements.csv", statements);
  write_json(out.staging() / "external.json", json);
  out.commit();
}

}  // namespace ecg_lora::sources
