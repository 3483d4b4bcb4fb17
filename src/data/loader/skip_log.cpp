#include "ecg_lora/data/loader/skip_log.h"

#include <algorithm>
#include <fstream>
#include <numeric>
#include <sstream>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/base/json_text.h"
#include "ecg_lora/base/log.h"

namespace ecg_lora::data {

void SkipLog::note(const std::string& sample, const std::string& stage, const std::string& reason) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!seen_.insert(stage + "\n" + sample).second) return;
  const auto known = std::find_if(counts_.begin(), counts_.end(),
                                  [&](const auto& entry) { return entry.first == stage; });
  if (known == counts_.end())
    counts_.emplace_back(stage, 1);
  else
    ++known->second;
  const auto line = json_text({{"sample", sample}, {"stage", stage}, {"reason", reason}});
  if (file_.empty())
    waiting_.push_back(line);
  else
    append(line + "\n");
  if (stage == "page") log_warn(cat("skipped: ", reason));
}

void SkipLog::append(const std::string& lines) {
  std::ofstream out(file_, std::ios::app);
  if (!(out << lines).flush())
    throw_data("cannot write ", file_.string(),
               "; check that the disk is not full and the folder can be written");
}

void SkipLog::write_to(const std::filesystem::path& file) {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::unordered_set<std::string> there;
  if (std::filesystem::exists(file)) {
    std::istringstream lines(read_file(file));
    for (std::string line; std::getline(lines, line);) {
      there.insert(line);
      const auto json = Json::parse(line, nullptr, false);
      if (json.is_object()) seen_.insert(json.value("stage", "") + "\n" + json.value("sample", ""));
    }
  }
  file_ = file;
  std::string lines;
  for (const auto& line : waiting_)
    if (!there.contains(line)) lines += line + "\n";
  waiting_.clear();
  if (!lines.empty()) append(lines);
}

std::int64_t SkipLog::count() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return std::accumulate(counts_.begin(), counts_.end(), std::int64_t{0},
                         [](std::int64_t sum, const auto& entry) { return sum + entry.second; });
}

std::int64_t SkipLog::count(const std::string& stage) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const auto& [name, count] : counts_)
    if (name == stage) return count;
  return 0;
}

}  // namespace ecg_lora::data
