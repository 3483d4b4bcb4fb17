#include "ecg_lora/ecg/ptbxl/label_list.h"

#include <filesystem>
#include <set>
#include <sstream>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json_text.h"
#include "ecg_lora/ecg/ptbxl/wording_use.h"

namespace ecg_lora::ptbxl {
namespace {

constexpr std::size_t kLongestLabel = 2000;  ///< bytes of a line

std::vector<Label> read_labels(const std::string& file) {
  std::vector<Label> labels;
  std::set<std::string> names;
  std::istringstream in(read_file(file));
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty() || line.front() == '#') continue;
    const auto tab = line.find('\t');
    const auto name = line.substr(0, tab),
               description = tab == std::string::npos ? name : line.substr(tab + 1);
    if (name.empty() || description.empty())
      throw_data(
          file, " line ", number,
          " has no name or no description, expected both with a tab between, or a description");
    if (line.size() > kLongestLabel)
      throw_data(file, " line ", number, " has ", line.size(), " bytes, expected at most ",
                 kLongestLabel, ": it is to be a question about one page; shorten the description");
    if (!is_utf8(line) || line.find('\0') != std::string::npos)
      throw_data(file, " line ", number,
                 " is no UTF-8 text, expected name, tab, description; write the file as UTF-8");
    if (!names.insert(name).second)
      throw_data(file, " line ", number, " has label ", name, " a second time; remove one of them");
    labels.push_back({name, description, {description, description}});
  }
  if (labels.empty()) throw_data(file, " holds no label, expected one a line");
  return labels;
}

}  // namespace

AskedLabels load_labels(const std::string& list, const std::string& data,
                        const std::string& wording) {
  if (std::filesystem::is_regular_file(list))
    return {read_labels(list), Wording::load(wording), true};
  if (!data.empty()) {
    const auto database = load_database(data);
    const auto words = Wording::load(wording, database.statements);
    const LabelSet set(database, list, 0, words);
    set.words().log_notices();
    return {set.labels(), words};
  }
  if (list != "superclass")
    throw_usage("--labels ", list,
                " is no file, and without --data only the set superclass is "
                "known; name a file or a folder in PTB-XL's layout");
  AskedLabels result{{}, Wording::load(wording)};
  for (const char* name : {"CD", "HYP", "MI", "NORM", "STTC"})
    result.labels.push_back(
        {name, class_description(name), result.wording.superclass(name)->words});
  return result;
}

}  // namespace ecg_lora::ptbxl
