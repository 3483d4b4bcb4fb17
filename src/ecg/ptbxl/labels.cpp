#include "ecg_lora/ecg/ptbxl/labels.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/join.h"
#include "ecg_lora/base/suggest.h"
#include "ecg_lora/ecg/ptbxl/union.h"

namespace ecg_lora::ptbxl {
namespace {

constexpr std::array<const char*, 6> kNamedSets = {"all",        "diagnostic", "subclass",
                                                   "superclass", "form",       "rhythm"};

bool is_named_set(const std::string& set) {
  return std::find(kNamedSets.begin(), kNamedSets.end(), set) != kNamedSets.end();
}

/// What a statement counts as in a named set; empty if it has no part in it.
std::string name_in_set(const Statement& statement, const std::string& set) {
  if (set == "all") return statement.code;
  if (set == "diagnostic") return statement.diagnostic ? statement.code : "";
  if (set == "subclass") return statement.diagnostic ? statement.diagnostic_subclass : "";
  if (set == "superclass") return statement.diagnostic ? statement.diagnostic_class : "";
  if (set == "form") return statement.form ? statement.code : "";
  return statement.rhythm ? statement.code : "";
}

std::vector<std::string> split_codes(const std::string& list) {
  std::vector<std::string> codes;
  std::string code;
  for (const char c : list + ',') {
    if (c == ' ') continue;
    if (c != ',') {
      code += c;
    } else if (!code.empty()) {
      codes.push_back(std::move(code));
      code.clear();
    }
  }
  return codes;
}

void check_known(const Database& database, const std::string& code) {
  if (database.statement(code) != nullptr) return;
  if (is_union(code)) {
    for (const auto& part : parts_of(code)) check_known(database, part);
    return;
  }
  std::vector<std::string> known(kNamedSets.begin(), kNamedSets.end());
  for (const Statement& statement : database.statements) known.push_back(statement.code);
  throw_usage("label '", code,
              "': expected all, diagnostic, subclass, superclass, form, rhythm or SCP codes of ",
              (database.root / "scp_statements.csv").string(), "; the nearest is '",
              nearest(code, known), "'");
}

/// Subclasses of PTB-XL whose names no statement explains.
std::string subclass_description(const std::string& name) {
  static const std::map<std::string, std::string> kDescriptions = {
      {"_AVB", "an AV block"},
      {"ISCA", "ischemia in anterior leads"},
      {"ISCI", "ischemia in inferior leads"},
      {"IVCD", "an intraventricular conduction disturbance"},
      {"LAFB/LPFB", "a left fascicular block"},
      {"LAO/LAE", "left atrial overload"},
      {"RAO/RAE", "right atrial overload"},
  };
  const auto found = kDescriptions.find(name);
  return found == kDescriptions.end() ? name : found->second;
}

}  // namespace

LabelSet::LabelSet(const Database& database, const std::string& set, double minimum_likelihood,
                   const Wording& wording)
    : database_(&database),
      name_(set),
      minimum_likelihood_(minimum_likelihood),
      drops_unlabelled_(is_named_set(set)),
      words_(wording) {
  const auto listed = listed_labels(set);
  for (const auto& label : listed) check_known(database, label);
  if (!drops_unlabelled_ && listed.empty())
    throw_usage("label set '", set, "': expected the name of a set or SCP codes, got none");
  const std::set<std::string> wanted(listed.begin(), listed.end());
  index_statements(wanted);
  std::set<std::string> stated;
  for (const RecordInfo& record : database.records) {
    for (const std::string& name : names_of(record)) stated.insert(name);
  }
  for (const std::string& name : drops_unlabelled_ ? stated : wanted) {
    labels_.push_back(label_named(name));
    if (stated.count(name) == 0) unstated_.push_back(name);
  }
  for (std::size_t i = 0; i < labels_.size(); ++i) column_[labels_[i].name] = i;
}

void LabelSet::index_statements(const std::set<std::string>& wanted) {
  auto labels = wanted;
  for (const Statement& statement : database_->statements) {
    const std::string name = drops_unlabelled_ ? name_in_set(statement, name_) : statement.code;
    if (name.empty()) continue;
    labels_of_[statement.code].push_back(name);
    labels.insert(name);
  }
  if (name_ == "superclass" || name_ == "subclass") return;  // as the table has it
  for (const auto& label : labels)
    for (const Statement& statement : database_->statements)
      if (statement.code != label && may_mean(label, statement))
        labels_of_[statement.code].push_back(label);
}

std::vector<std::string> listed_labels(const std::string& set) {
  if (is_named_set(set)) return {};
  auto codes = split_codes(set);
  std::transform(codes.begin(), codes.end(), codes.begin(), canonical);
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  return codes;
}

std::string LabelSet::description_of(const std::string& name) const {
  if (name_ == "superclass" || name_ == "subclass") {
    const Statement* own = name_ == "subclass" ? database_->statement(name) : nullptr;
    return own != nullptr ? own->description : class_description(name);
  }
  if (const auto* statement = database_->statement(name)) return statement->description;
  std::vector<std::string> alternatives;
  for (const auto& part : parts_of(name)) alternatives.push_back(description_of(part));
  return joined_or(alternatives);
}

Label LabelSet::label_named(const std::string& name) {
  const auto& wording = words_.wording();
  const auto entry = name_ == "superclass" ? wording.superclass(name)
                     : name_ == "subclass" ? wording.subclass(name)
                                           : wording.statement(name);
  const auto description = description_of(name);
  return {name, description, words_.take(entry, name, description)};
}

std::vector<std::string> LabelSet::names_of(const RecordInfo& record) const {
  std::vector<std::string> names;
  for (const auto& [code, likelihood] : record.scp_codes) {
    if (likelihood > 0 && likelihood < minimum_likelihood_) continue;  // 0 is "not stated"
    if (const auto found = labels_of_.find(code); found != labels_of_.end())
      names.insert(names.end(), found->second.begin(), found->second.end());
  }
  return names;
}

bool LabelSet::keeps(const std::vector<bool>& flags) const {
  return !drops_unlabelled_ || std::find(flags.begin(), flags.end(), true) != flags.end();
}

std::vector<bool> LabelSet::of(const RecordInfo& record) const {
  std::vector<bool> flags(labels_.size(), false);
  for (const std::string& name : names_of(record)) {
    if (const auto found = column_.find(name); found != column_.end()) flags[found->second] = true;
  }
  return flags;
}

std::vector<bool> LabelSet::left_open(const RecordInfo& record) const {
  const auto own = of(record);
  std::vector<bool> open(labels_.size(), false);
  for (const auto& [code, likelihood] : record.scp_codes) {
    if (Wording::builtin().is_statement(code)) continue;  // of PTB-XL: means itself
    for (const Statement& statement : database_->statements) {
      if (statement.code == code || !may_mean(code, statement)) continue;
      const auto found = labels_of_.find(statement.code);
      if (found == labels_of_.end()) continue;
      for (const auto& name : found->second)
        if (const auto at = column_.find(name); at != column_.end())
          open[at->second] = !own[at->second];
    }
  }
  return open;
}

std::string class_description(const std::string& name) {
  static const std::map<std::string, std::string> kSuperclasses = {
      {"NORM", "a normal ECG"},
      {"MI", "myocardial infarction"},
      {"STTC", "ST or T wave changes"},
      {"CD", "a conduction disturbance"},
      {"HYP", "hypertrophy"}};
  const auto found = kSuperclasses.find(name);
  return found == kSuperclasses.end() ? subclass_description(name) : found->second;
}

}  // namespace ecg_lora::ptbxl
