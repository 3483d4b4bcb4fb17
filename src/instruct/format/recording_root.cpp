#include "recording_root.h"

#include <algorithm>
#include <charconv>

#include "ecg_lora/base/csv.h"
#include "ecg_lora/base/error.h"

namespace ecg_lora::instruct {
namespace {

namespace fs = std::filesystem;

std::optional<std::uint32_t> number_of(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || problem != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

std::string five_digits(std::uint32_t number) {
  const auto text = std::to_string(number);
  return std::string(5 - std::min<std::size_t>(5, text.size()), '0') + text;
}

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

bool is_folder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

}  // namespace

bool record_exists(const fs::path& record) {
  return is_file(record.string() + ".hea");
}

RecordingRoot::RecordingRoot(fs::path root, int sampling_rate)
    : root_(std::move(root)),
      sampling_rate_(sampling_rate),
      ptbxl_(is_file(root_ / "ptbxl_database.csv") || is_folder(root_ / "records100") ||
             is_folder(root_ / "records500")),
      mimic_(is_file(root_ / "record_list.csv")) {
  if (!is_folder(root_))
    throw_data("data.recording_roots: ", root_.string(),
               " is no folder, expected one of WFDB records; check the path");
}

std::optional<fs::path> RecordingRoot::by_layout(const std::string& stem, bool bare,
                                                 std::vector<std::string>& tried) const {
  if (ptbxl_)
    if (auto found = ptbxl(stem, bare, tried)) return found;
  return mimic_ ? mimic(stem, tried) : std::nullopt;
}

/// A number alone is an ecg_id only if the name is nothing else: "code15/123-0.png" is no
/// recording of PTB-XL.
std::optional<fs::path> RecordingRoot::ptbxl(const std::string& stem, bool bare,
                                             std::vector<std::string>& tried) const {
  const bool marked = stem.ends_with("_hr") || stem.ends_with("_lr");
  if (!marked && !bare) return std::nullopt;
  const auto id = number_of(marked ? std::string_view(stem).substr(0, stem.size() - 3)
                                   : std::string_view(stem));
  if (!id || *id > 99999) return std::nullopt;
  const auto path = root_ / (sampling_rate_ == 100 ? "records100" : "records500") /
                    five_digits(*id / 1000 * 1000) /
                    (five_digits(*id) + (sampling_rate_ == 100 ? "_lr" : "_hr"));
  if (record_exists(path)) return path;
  tried.push_back(path.string() + ".hea");
  return std::nullopt;
}

std::optional<fs::path> RecordingRoot::mimic(const std::string& stem,
                                             std::vector<std::string>& tried) const {
  const auto study = number_of(stem);
  if (!study) return std::nullopt;
  std::call_once(mimic_read_, [this] { read_mimic(); });
  const auto subject = subject_of_study_.find(*study);
  if (subject == subject_of_study_.end()) {
    tried.push_back(cat((root_ / "record_list.csv").string(), " (study_id ", *study, ")"));
    return std::nullopt;
  }
  const auto patient = std::to_string(subject->second);
  const auto path =
      root_ / "files" / ("p" + patient.substr(0, 4)) / ("p" + patient) / ("s" + stem) / stem;
  if (record_exists(path)) return path;
  tried.push_back(path.string() + ".hea");
  return std::nullopt;
}

void RecordingRoot::read_mimic() const {
  const auto table = CsvTable::read(root_ / "record_list.csv");
  const auto subject = table.column("subject_id"), study = table.column("study_id");
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto patient = number_of(table.at(row, subject)), id = number_of(table.at(row, study));
    if (!patient || !id)
      throw_data(table.origin(), ": row ", row + 2,
                 ": subject_id or study_id is no number; use the file as published");
    subject_of_study_[*id] = *patient;
  }
}

void RecordingRoot::walk() const {
  for (const auto& entry :
       fs::recursive_directory_iterator(root_, fs::directory_options::skip_permission_denied))
    if (entry.path().extension() == ".hea")
      stems_[entry.path().stem().string()].push_back(fs::path(entry.path()).replace_extension());
  for (auto& [stem, paths] : stems_) std::sort(paths.begin(), paths.end());
}

const std::vector<fs::path>& RecordingRoot::by_stem(const std::string& stem) const {
  static const std::vector<fs::path> kNone;
  if (ptbxl_ || mimic_) return kNone;
  std::call_once(walked_, [this] { walk(); });
  const auto found = stems_.find(stem);
  return found == stems_.end() ? kNone : found->second;
}

}  // namespace ecg_lora::instruct
