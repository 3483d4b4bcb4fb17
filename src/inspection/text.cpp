// A JSON description as aligned text.
#include <algorithm>
#include <vector>

#include "ecg_lora/base/text_table.h"
#include "ecg_lora/inspection/description.h"

namespace ecg_lora::inspection {
namespace {

constexpr std::size_t kLongestList = 8;

std::string heading(std::string key) {
  std::replace(key.begin(), key.end(), '_', ' ');
  return key;
}

/// 12345 as "12,345".
std::string with_commas(std::string digits) {
  const std::ptrdiff_t first = digits.rfind('-', 0) == 0 ? 1 : 0;
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > first; at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

std::string scalar_text(const Json& value) {
  if (value.is_string())
    return value.get<std::string>().empty() ? "\"\"" : value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_number_integer()) return with_commas(value.dump());
  return value.is_null() ? "none" : value.dump();
}

bool is_table(const Json& value) {
  return value.is_array() && !value.empty() && value.front().is_object();
}

std::string value_text(const Json& value) {
  if (!value.is_array()) return scalar_text(value);
  if (value.empty()) return "none";
  std::string text;
  for (std::size_t i = 0; i < value.size() && i < kLongestList; ++i)
    text += (i ? ", " : "") + scalar_text(value[i]);
  return value.size() > kLongestList ? cat(text, " and ", value.size() - kLongestList, " more")
                                     : text;
}

/// Numbers end at the right.
std::string table_text(const Json& rows, const std::string& indent) {
  std::vector<std::string> titles;
  std::vector<bool> number;
  for (const auto& [key, value] : rows.front().items()) {
    titles.push_back(heading(key));
    number.push_back(value.is_number());
  }
  TextTable table(std::move(titles), std::move(number));
  for (const auto& row : rows) {
    std::vector<std::string> cells;
    for (const auto& [key, value] : rows.front().items()) cells.push_back(value_text(row.at(key)));
    table.row(std::move(cells));
  }
  return table.text(indent);
}

/// A config as --set takes it: "section.key" and the value in JSON.
void flatten(const Json& config, const std::string& prefix,
             std::vector<std::pair<std::string, std::string>>& fields) {
  for (const auto& [key, value] : config.items()) {
    if (value.is_object())
      flatten(value, prefix + key + ".", fields);
    else
      fields.emplace_back(prefix + key, value.dump());
  }
}

std::string config_text(const Json& config, const std::string& indent) {
  std::vector<std::pair<std::string, std::string>> fields;
  flatten(config, "", fields);
  std::size_t width = 0;
  for (const auto& [key, value] : fields) width = std::max(width, key.size());
  std::string text;
  for (const auto& [key, value] : fields)
    text += indent + key + std::string(width + 2 - key.size(), ' ') + value + "\n";
  return text;
}

std::string object_text(const Json& object, const std::string& indent) {
  std::size_t width = 0;
  for (const auto& [key, value] : object.items())
    if (!value.is_object() && !is_table(value)) width = std::max(width, key.size());
  std::string lines, blocks;
  for (const auto& [key, value] : object.items()) {
    if (value.is_object())
      blocks += "\n" + indent + heading(key) + "\n" +
                (key == "resolved" ? config_text : object_text)(value, indent + "  ");
    else if (is_table(value))
      blocks += "\n" + indent + heading(key) + "\n" + table_text(value, indent + "  ");
    else
      lines += indent + heading(key) + std::string(width + 2 - key.size(), ' ') +
               value_text(value) + "\n";
  }
  return lines + blocks;
}

}  // namespace

std::string to_text(const Json& content) {
  return object_text(content, "");
}

std::string first_few(const Json& list) {
  constexpr std::size_t shown = 5;
  std::string text;
  for (std::size_t i = 0; i < list.size() && i < shown; ++i)
    text += (i ? ", " : "") + scalar_text(list[i]);
  return list.size() > shown ? cat(text, " and ", list.size() - shown, " more") : text;
}

}  // namespace ecg_lora::inspection
