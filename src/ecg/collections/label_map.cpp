#include "ecg_lora/ecg/collections/label_map.h"

#include <algorithm>
#include <array>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/suggest.h"
#include "ecg_lora/ecg/collections/snomed.h"
#include "ecg_lora/ecg/ptbxl/union.h"

namespace ecg_lora::collections {
namespace {

constexpr std::array kClasses{"NORM", "MI", "STTC", "CD", "HYP"};

/// Statements, classes and subclasses.
std::vector<std::string> known_labels(const std::vector<ptbxl::Statement>& statements) {
  std::vector<std::string> known(kClasses.begin(), kClasses.end());
  for (const auto& statement : statements) known.push_back(statement.code);
  for (const auto& statement : statements)
    if (!statement.diagnostic_subclass.empty()) known.push_back(statement.diagnostic_subclass);
  return known;
}

bool is_known(const std::string& label, const std::vector<ptbxl::Statement>& statements) {
  if (!ptbxl::is_union(label)) {
    const auto known = known_labels(statements);
    return std::find(known.begin(), known.end(), label) != known.end();
  }
  for (const auto& part : ptbxl::parts_of(label)) {
    const auto is_part = [&](const ptbxl::Statement& s) { return s.code == part; };
    if (std::none_of(statements.begin(), statements.end(), is_part)) return false;
  }
  return true;
}

void check_label(const std::string& label, const std::vector<ptbxl::Statement>& statements,
                 const std::string& file) {
  if (is_known(label, statements)) return;
  throw_data(file, ": label '", label,
             "' is neither an SCP statement of PTB-XL, several with | between, nor a class or "
             "subclass, expected one; the nearest is ",
             nearest(label, known_labels(statements)));
}

std::string site_of(const Collection& collection, const CollectionItem& item) {
  const auto below = item.waveform.lexically_relative(collection.root());
  const auto first = below.begin();
  if (first != below.end() && std::next(first) != below.end() && *first != "..")
    return first->string();
  const auto own = collection.root().lexically_normal();
  return (own.has_filename() ? own : own.parent_path()).filename().string();
}

}  // namespace

LabelMap default_label_map(const std::vector<ptbxl::Statement>& statements) {
  LabelMap map;
  for (const auto& statement : statements) map[statement.code].push_back(statement.code);
  for (const auto& term : snomed_terms())
    if (const std::string label(term.scp); !label.empty() && is_known(label, statements))
      map[label].emplace_back(term.code);
  return map;
}

LabelMap read_label_map(const std::filesystem::path& file,
                        const std::vector<ptbxl::Statement>& statements) {
  const auto json = read_json(file);
  if (!json.is_object() || json.empty())
    throw_data(file.string(),
               " is no object, expected {\"AFIB\": [\"164889003\"], …}: our label, and the codes "
               "that mean it; see docs/users/evaluation.md");
  LabelMap map;
  for (const auto& [label, codes] : json.items()) {
    check_label(label, statements, file.string());
    auto& listed = map[ptbxl::canonical(label)];
    if (!codes.is_array() || codes.empty())
      throw_data(file.string(), ": label ", label, " has ", codes.dump(),
                 ", expected a list of codes, at least one; correct the map");
    for (const auto& code : codes) {
      if (!code.is_string() && !code.is_number_unsigned())
        throw_data(file.string(), ": label ", label, " has the code ", code.dump(),
                   ", expected text or a number; correct the map");
      listed.push_back(code.is_string() ? code.get<std::string>() : code.dump());
    }
  }
  return map;
}

Json to_json(const LabelMap& map) {
  Json json = Json::object();
  for (const auto& [label, codes] : map) json[label] = codes;
  return json;
}

namespace {

using LabelsByCode = std::map<std::string, std::vector<std::string>>;

LabelsByCode labels_by_code(const LabelMap& map) {
  LabelsByCode labels_of;
  for (const auto& [label, codes] : map)
    for (const auto& code : codes) labels_of[code].push_back(label);
  return labels_of;
}

/// All but the labels.
MappedRecord record_of(const Collection& collection, const CollectionItem& item) {
  return {item.id,
          site_of(collection, item),
          item.patient,
          std::filesystem::absolute(item.waveform).lexically_normal(),
          item.age,
          item.sex,
          item.fold,
          item.report,
          {}};
}

}  // namespace

MappedCollection map_labels(const Collection& collection, const LabelMap& map) {
  const auto labels_of = labels_by_code(map);
  MappedCollection result;
  bool any = false;
  for (std::size_t i = 0; i < collection.size(); ++i) {
    const auto item = collection.item(i);
    if (item.waveform.empty()) {
      ++result.without_waveform;
      continue;
    }
    auto record = record_of(collection, item);
    for (const auto& statement : item.statements) {
      any = true;
      const auto found = labels_of.find(statement.code);
      if (found == labels_of.end())
        ++result.unknown_codes[statement.code];
      else
        record.labels.insert(found->second.begin(), found->second.end());
    }
    auto& of_site = result.labels_of_site[record.site];
    for (const auto& label : record.labels) ++of_site[label];
    result.records.push_back(std::move(record));
  }
  if (!any)
    throw_data(collection.root().string(), ": none of ", collection.size(),
               " recordings has a statement, expected SNOMED codes in headers (# Dx: …) or a table "
               "of SCP codes; choose another folder or --kind");
  return result;
}

std::string to_text(const MappedCollection& mapped) {
  auto text = cat(mapped.records.size(), " recordings\n");
  for (const auto& [site, labels] : mapped.labels_of_site) {
    text += cat("site ", site, ": ", labels.size(), " labels:");
    for (const auto& [label, records] : labels) text += cat(" ", label, " ", records);
    text += "\n";
  }
  if (mapped.without_waveform > 0)
    text += cat(mapped.without_waveform, " items are pictures, no recordings, and left out\n");
  if (!mapped.unknown_codes.empty())
    text += cat(mapped.unknown_codes.size(), " codes that the map has nowhere:\n");
  for (const auto& [code, records] : mapped.unknown_codes) {
    const auto* term = snomed_term(code);
    text +=
        cat("  ", code, term ? " " + std::string(term->name) : "", ": ", records, " recordings\n");
  }
  return text;
}

}  // namespace ecg_lora::collections
