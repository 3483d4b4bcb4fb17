#include "ecg_lora/metrics/statistics/probabilities.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <limits>
#include <map>

#include "ecg_lora/base/csv.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/base/json_text.h"
#include "ecg_lora/base/lines.h"

namespace ecg_lora::metrics {
namespace {

/// Both formats as text cells.
struct Cells {
  std::vector<std::string> columns;
  std::vector<std::string> where;
  std::vector<std::vector<std::string>> rows;
};

Cells read_csv(const std::filesystem::path& file) {
  CsvReader reader(file);
  Cells cells{reader.columns(), {}, {}};
  while (reader.next()) {
    cells.where.push_back(cat(file.string(), " line ", reader.line()));
    cells.rows.emplace_back();
    for (std::size_t c = 0; c < cells.columns.size(); ++c)
      cells.rows.back().emplace_back(reader.at(c));
  }
  return cells;
}

std::string text_of(const Json& value, const std::string& where, const std::string& key) {
  if (value.is_null()) return "";
  if (!value.is_number() && !value.is_boolean())
    throw_data(where, ": key ", key, ": expected a number, true, false or null, got ",
               json_text(value).substr(0, 40));
  return value.dump();
}

Cells read_jsonl(const std::filesystem::path& file) {
  LineReader in(file);
  Cells cells;
  std::string line;
  while (in.next(line)) {
    const auto where = cat(file.string(), " line ", in.number());
    const auto json = parse_json(line, where);
    if (!json.is_object())
      throw_data(
          where,
          ": expected an object with ecg_id and a probability for each label, got something else");
    if (cells.columns.empty())
      for (const auto& item : json.items()) cells.columns.push_back(item.key());
    std::vector<std::string> row;
    for (const auto& column : cells.columns) {
      if (!json.contains(column))
        throw_data(where, ": lacks the key ", column,
                   " that line 1 has; write null where there is no answer");
      row.push_back(text_of(json.at(column), where, column));
    }
    if (json.size() != cells.columns.size())
      throw_data(where, ": has ", json.size(), " keys, expected the ", cells.columns.size(),
                 " of line 1; give every line the same keys");
    cells.where.push_back(where);
    cells.rows.push_back(std::move(row));
  }
  return cells;
}

double number(const std::string& text, const std::string& where, const std::string& column,
              const char* expected) {
  double value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc() || end != text.data() + text.size())
    throw_data(where, ", column ", column, ": expected ", expected, ", got '", text.substr(0, 40),
               "'");
  return value;
}

std::optional<int> integer(const std::string& text, const std::string& where,
                           const std::string& column) {
  if (text.empty()) return std::nullopt;
  const double value = number(text, where, column, "a whole number");
  if (!(value >= std::numeric_limits<int>::min() && value <= std::numeric_limits<int>::max()) ||
      value != static_cast<int>(value))
    throw_data(where, ", column ", column, ": expected a whole number, got '", text, "'");
  return static_cast<int>(value);
}

std::optional<double> probability(const std::string& text, const std::string& where,
                                  const std::string& column) {
  if (text.empty()) return std::nullopt;
  const double value = number(text, where, column, "a probability from 0 to 1");
  if (!(value >= 0 && value <= 1))
    throw_data(where, ", column ", column, ": expected a probability from 0 to 1, got '", text,
               "'");
  return value;
}

std::optional<bool> parse_reference(const std::string& text, const std::string& where,
                                    const std::string& column) {
  if (text.empty()) return std::nullopt;
  if (text == "1" || text == "1.0" || text == "true" || text == "True") return true;
  if (text == "0" || text == "0.0" || text == "false" || text == "False") return false;
  throw_data(where, ", column ", column, ": expected 0, 1, true or false, got '",
             text.substr(0, 40), "'");
}

const std::string kGoldSuffix = ".gold";

struct Layout {
  std::size_t ecg_id = 0;
  std::optional<std::size_t> patient_id, fold;
  std::vector<std::size_t> label;                ///< column of each label
  std::vector<std::optional<std::size_t>> gold;  ///< column of its reference
};

Layout layout_of(const Cells& cells, const std::string& file, ProbabilityTable& table) {
  std::map<std::string, std::size_t> place;
  for (std::size_t c = 0; c < cells.columns.size(); ++c) place[cells.columns[c]] = c;
  if (place.count("ecg_id") == 0)
    throw_data(file, ": expected a column ecg_id, got none; name each record by its ecg_id");
  Layout layout;
  layout.ecg_id = place["ecg_id"];
  if (place.count("patient_id") > 0) layout.patient_id = place["patient_id"];
  if (place.count("fold") > 0) layout.fold = place["fold"];
  for (const auto& name : cells.columns) {
    if (name == "ecg_id" || name == "patient_id" || name == "fold") continue;
    if (name.ends_with(kGoldSuffix)) {
      const auto label = name.substr(0, name.size() - kGoldSuffix.size());
      if (place.count(label) == 0)
        throw_data(file, ": column ", name, " has no column ", label,
                   " of probabilities; add it or remove the reference");
      continue;
    }
    const auto gold = place.find(name + kGoldSuffix);
    table.labels.push_back(name);
    table.has_gold.push_back(gold != place.end());
    layout.label.push_back(place[name]);
    layout.gold.push_back(gold == place.end() ? std::nullopt : std::optional(gold->second));
  }
  if (table.labels.empty())
    throw_data(file,
               ": expected a column of probabilities for each label, got none besides ecg_id");
  return layout;
}

ProbabilityRow parse_row(const std::vector<std::string>& cells, const std::string& where,
                         const Layout& layout, const std::vector<std::string>& labels) {
  ProbabilityRow row;
  row.where = where;
  const auto id = integer(cells[layout.ecg_id], where, "ecg_id");
  if (!id) throw_data(where, ", column ecg_id: expected the number of a record, got an empty cell");
  row.ecg_id = *id;
  if (layout.patient_id) row.patient_id = integer(cells[*layout.patient_id], where, "patient_id");
  if (layout.fold) row.fold = integer(cells[*layout.fold], where, "fold");
  for (std::size_t l = 0; l < labels.size(); ++l) {
    row.probability.push_back(probability(cells[layout.label[l]], where, labels[l]));
    row.gold.push_back(layout.gold[l]
                           ? parse_reference(cells[*layout.gold[l]], where, labels[l] + kGoldSuffix)
                           : std::nullopt);
  }
  return row;
}

}  // namespace

ProbabilityTable read_probabilities(const std::filesystem::path& file) {
  const auto cells = file.extension() == ".csv" ? read_csv(file) : read_jsonl(file);
  if (cells.rows.empty())
    throw_data(file.string(),
               " holds no record, expected one per line; write the probabilities again");
  ProbabilityTable table;
  const auto layout = layout_of(cells, file.string(), table);
  std::map<int, std::string> seen;
  for (std::size_t r = 0; r < cells.rows.size(); ++r) {
    auto row = parse_row(cells.rows[r], cells.where[r], layout, table.labels);
    if (const auto [first, fresh] = seen.emplace(row.ecg_id, row.where); !fresh)
      throw_data(row.where, ": record ", row.ecg_id, " is there again, as in ", first->second,
                 ", expected one line each; remove one of them");
    table.rows.push_back(std::move(row));
  }
  return table;
}

bool holds_predictions(const std::filesystem::path& file) {
  if (file.extension() == ".csv") return false;
  const auto json = Json::parse(first_line(file, kLongestLine), nullptr, false);
  return !json.is_object() || json.contains("p_yes") || json.contains("label");
}

}  // namespace ecg_lora::metrics
