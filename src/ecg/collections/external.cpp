// A folder in PTB-XL's layout over recordings that lie elsewhere.
#include <algorithm>
#include <charconv>

#include "ecg_lora/base/csv.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/join.h"
#include "ecg_lora/ecg/collections/label_map.h"
#include "ecg_lora/ecg/collections/snomed.h"
#include "ecg_lora/ecg/ptbxl/labels.h"
#include "ecg_lora/ecg/ptbxl/union.h"

namespace ecg_lora::collections {
namespace {

std::string python_dict(const std::set<std::string>& labels) {
  std::string text;
  for (const auto& label : labels) text += (text.empty() ? "'" : ", '") + label + "': 100.0";
  return "{" + text + "}";
}

std::string number(std::optional<double> value) {
  return value ? cat(*value) : "";
}

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
  std::string text =
      "ecg_id,patient_id,age,sex,report,scp_codes,strat_fold,filename_lr,filename_hr,site,name\n";
  PatientNumbers patients;
  int id = 0;
  for (const auto& r : mapped.records) {
    const auto path = csv_cell(r.waveform.string());
    text +=
        cat(++id, ",", patients.of(r), ",", number(r.age), ",", r.sex ? std::to_string(*r.sex) : "",
            ",", csv_cell(r.report), ",", csv_cell(python_dict(r.labels)), ",", r.fold, ",", path,
            ",", path, ",", csv_cell(r.site), ",", csv_cell(r.name), "\n");
  }
  return text;
}

using Statements = std::vector<ptbxl::Statement>;

/// Adds to `result` what all of `parts` are.
void take_common(const std::vector<const ptbxl::Statement*>& parts, ptbxl::Statement& result) {
  const auto all = [&](auto holds) { return std::all_of(parts.begin(), parts.end(), holds); };
  const auto shared = [&](std::string ptbxl::Statement::*field) {
    const auto& first = parts.front()->*field;
    return all([&](const auto* s) { return s->*field == first; }) ? first : "";
  };
  result.diagnostic = all([](const auto* s) { return s->diagnostic; });
  result.form = all([](const auto* s) { return s->form; });
  result.rhythm = all([](const auto* s) { return s->rhythm; });
  result.diagnostic_class = shared(&ptbxl::Statement::diagnostic_class);
  result.diagnostic_subclass = shared(&ptbxl::Statement::diagnostic_subclass);
}

/// What the table says of a label of the map that is none of its statements: a class, a subclass,
/// or a union of statements. It is what all of those are that may be meant.
ptbxl::Statement general_statement(const std::string& label, const Statements& statements) {
  ptbxl::Statement result;
  result.code = label;
  result.description = ptbxl::class_description(label);
  std::vector<const ptbxl::Statement*> parts;
  std::vector<std::string> descriptions;
  for (const auto& part : ptbxl::parts_of(label))
    for (const auto& statement : statements)
      if (ptbxl::may_mean(part, statement)) {
        parts.push_back(&statement);
        descriptions.push_back(statement.description);
      }
  if (ptbxl::is_union(label)) result.description = joined_or(descriptions);
  if (!parts.empty()) {
    take_common(parts, result);
  } else {
    result.diagnostic = true;
    result.diagnostic_class = label;
  }
  return result;
}

std::string cell_of(const ptbxl::Statement& statement, const std::string& column) {
  const auto flag = [](bool set) { return std::string(set ? "1.0" : ""); };
  if (column == "description") return csv_cell(statement.description);
  if (column == "diagnostic") return flag(statement.diagnostic);
  if (column == "form") return flag(statement.form);
  if (column == "rhythm") return flag(statement.rhythm);
  if (column == "diagnostic_class") return statement.diagnostic_class;
  return column == "diagnostic_subclass" ? statement.diagnostic_subclass : "";
}

/// The file as it is, and a line for each label of the map that is none of its statements.
std::string statements_csv(const std::filesystem::path& file, const LabelMap& map) {
  auto text = read_file(file);
  if (!text.empty() && text.back() != '\n') text += '\n';
  const CsvTable table = CsvTable::read(file);
  const auto statements = ptbxl::load_statements(file);
  for (const auto& [label, codes] : map) {
    if (std::any_of(statements.begin(), statements.end(),
                    [&](const auto& s) { return s.code == label; }))
      continue;
    const auto general = general_statement(label, statements);
    std::string line = label;
    for (std::size_t c = 1; c < table.columns().size(); ++c)
      line += "," + cell_of(general, table.columns()[c]);
    text += line + "\n";
  }
  return text;
}

Json code_counts(const std::map<std::string, std::size_t>& codes) {
  Json json = Json::array();
  for (const auto& [code, records] : codes) {
    const auto* term = snomed_term(code);
    json.push_back({{"code", code},
                    {"name", term ? Json(std::string(term->name)) : Json(nullptr)},
                    {"records", records}});
  }
  return json;
}

}  // namespace

void write_external(const std::filesystem::path& folder, const MappedCollection& mapped,
                    const LabelMap& map, const std::filesystem::path& statements_file,
                    const Json& facts) {
  Json sites = Json::object();
  for (const auto& [site, labels] : mapped.labels_of_site) sites[site] = labels;
  Json json = facts;
  json.update({{"version", 1},
               {"records", mapped.records.size()},
               {"labels_of_site", sites},
               {"unknown_codes", code_counts(mapped.unknown_codes)},
               {"without_recording", mapped.without_waveform},
               {"label_map", to_json(map)}});
  const auto statements = statements_csv(statements_file, map);
  AtomicFolder out(folder);
  write_file(out.staging() / "ptbxl_database.csv", records_csv(mapped));
  write_file(out.staging() / "scp_statements.csv", statements);
  write_json(out.staging() / "external.json", json);
  out.commit();
}

}  // namespace ecg_lora::collections
