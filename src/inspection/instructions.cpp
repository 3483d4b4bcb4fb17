// Files of instruction samples.
#include <algorithm>
#include <map>

#include "ecg_lora/base/file.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/inspection/describe.h"
#include "instruction_checks.h"

namespace ecg_lora::inspection {
namespace {

namespace fs = std::filesystem;

std::size_t count_image_sets(const InstructionFiles& files) {
  std::vector<std::uint64_t> keys;
  for (const auto& file : files)
    for (const auto& entry : file.entries())
      if (entry.images != 0) keys.push_back(entry.images);
  std::sort(keys.begin(), keys.end());
  return static_cast<std::size_t>(std::unique(keys.begin(), keys.end()) - keys.begin());
}

/// "samples" of each value of what `of` makes of an entry, in rising order of it.
template <class Of>
Json counts_of(const InstructionFiles& files, const char* name, Of of) {
  std::map<std::string, std::int64_t> counts;
  for (const auto& file : files)
    for (const auto& entry : file.entries()) ++counts[of(entry)];
  Json rows = Json::array();
  for (const auto& [value, count] : counts) rows.push_back({{name, value}, {"samples", count}});
  return rows;
}

InstructionFiles open_files(const fs::path& path) {
  InstructionFiles files;
  for (const auto& file : instruct::instruction_files(path))
    files.emplace_back(file, instruct::OnBad::skip);
  return files;
}

/// Bytes and items, and which of them cannot be used.
Json describe_items(const fs::path& path, const InstructionFiles& files) {
  std::size_t items = 0;
  std::int64_t text_only = 0;
  std::uintmax_t bytes = 0;
  Json skipped = Json::array();
  for (const auto& file : files) {
    items += file.entries().size();
    bytes += fs::file_size(file.path());
    for (const auto& bad : file.skipped()) skipped.push_back(bad.reason);
    text_only += std::count_if(file.entries().begin(), file.entries().end(),
                               [](const auto& entry) { return entry.images == 0; });
  }
  return {{"kind", "instruction samples"},
          {"path", path.string()},
          {"files", files.size()},
          {"bytes", bytes},
          {"items", items},
          {"bad_items", skipped.size()},
          {"bad", skipped},
          {"image_sets", count_image_sets(files)},
          {"text_only", text_only}};
}

/// What parts of items have no meaning here, which a warning says.
Json describe_unread(const fs::path& path, const InstructionFiles& files) {
  instruct::UnreadContent unread;
  for (const auto& file : files) unread.add(file.unread());
  if (!unread.empty()) log_warn(cat(path.string(), ": ", unread.sentence()));
  Json rows = Json::array();
  for (const auto& [part, count] : unread.parts)
    rows.push_back({{"part", part}, {"samples", count}});
  return rows;
}

Json describe_content(const fs::path& path, const InstructionFiles& files) {
  Json out = describe_items(path, files);
  out["images"] = counts_of(files, "images",
                            [](const auto& entry) { return std::to_string(entry.image_count); });
  out["turns"] = counts_of(files, "turns", [](const auto& entry) {
    return entry.turns == 255 ? std::string("255 or more") : std::to_string(entry.turns);
  });
  out["question_types"] = counts_of(files, "question_type", [](const auto& entry) {
    return entry.kind == 0 ? std::string("none") : instruct::ecg_qa_types()[entry.kind - 1u];
  });
  out["unread"] = describe_unread(path, files);
  return out;
}

}  // namespace

bool is_instructions(const fs::path& path) {
  if (fs::is_directory(path)) {
    for (const auto& entry : fs::directory_iterator(path))
      if ((entry.path().extension() == ".json" || entry.path().extension() == ".jsonl") &&
          is_instructions(entry.path()))
        return true;
    return false;
  }
  if (path.extension() == ".jsonl") return true;
  auto in = open_file(path);
  char c = 0;
  while (in.get(c) &&
         (c == ' ' || c == '\n' || c == '\r' || c == '\t' || static_cast<unsigned char>(c) > 127)) {
  }
  return c == '[';
}

Description describe_instructions(const fs::path& path, const InstructionChecks& checks) {
  const auto files = open_files(path);
  Description description;
  auto& out = description.content;
  out = describe_content(path, files);
  if (const auto& bad = out["bad"]; !bad.empty())
    description.problem = cat(bad.size(), " items of ", path.string(),
                              " cannot be used, the first because ", bad[0].get<std::string>());
  if (!checks.images.empty() || !checks.recordings.empty())
    out["pages"] = find_images(files, checks, description.problem);
  if (!checks.model.empty())
    out["tokens"] = token_lengths(files, checks.model, description.problem);
  if (!description.problem.empty()) description.code = ExitCode::data;
  return description;
}

}  // namespace ecg_lora::inspection
