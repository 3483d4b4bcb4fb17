#include "ecg_lora/provenance/identity.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/hash.h"
#include "ecg_lora/base/inside.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/parallel.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/base/size_limit.h"
#include "ecg_lora/instruct/format/instruction_file.h"
#include "ecg_lora/tensorio/safetensors.h"

namespace ecg_lora::provenance {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMaxBytesRead = std::uintmax_t{4}
                                         << 30;  ///< bytes of pages that are read whole

Json stamp_of(const fs::path& file) {
  struct stat found = {};
  if (::stat(file.c_str(), &found) != 0) return nullptr;
  return {found.st_size, found.st_mtim.tv_sec, found.st_mtim.tv_nsec, found.st_ino};
}

bool matters(const fs::path& file) {
  static const std::set<std::string> kKinds{".safetensors", ".pth", ".json", ".model", ".jinja"};
  return fs::is_regular_file(file) && kKinds.count(file.extension().string()) > 0;
}

/// Checkpoint error for a file that is longer than it can be, before hours go into its sum.
void check_length(const fs::path& file) {
  const auto kind = file.extension();
  if (kind == ".pth") return;  // an archive, whose length is known when it is opened
  if (kind == ".safetensors") {
    const tensorio::SafetensorsFile checked(file);  // its header says how long it is
    return;
  }
  check_size(file, fs::file_size(file), ExitCode::checkpoint);
}

/// A page is named as PageRef::key() has it, wherever its folder lies.
std::string short_name(const fs::path& file) {
  return (file.parent_path().filename() / file.filename()).string();
}

/// The files that a header names: signals, or the headers and signals of segments.
void add_named(const fs::path& header, std::map<std::string, fs::path>& files) {
  std::istringstream lines(read_file(header));
  std::string line;
  for (bool first = true; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    if (std::exchange(first, false)) continue;
    const auto name = line.substr(0, line.find_first_of(" \t\r"));
    if (leads_out(name)) continue;  // refused when the record is read
    for (const char* end : {"", ".hea", ".dat"})
      if (const auto file = header.parent_path() / (name + end); fs::is_regular_file(file))
        files.emplace(short_name(file), file);
  }
}

std::map<std::string, fs::path> files_of(const std::vector<data::PageRef>& pages) {
  std::map<std::string, fs::path> files;
  for (const auto& page : pages) {
    const auto file = page.recording ? fs::path(page.path.string() + ".hea") : page.path;
    const bool fresh = files.emplace(short_name(file), file).second;
    if (fresh && page.recording && fs::is_regular_file(file)) add_named(file, files);
  }
  return files;
}

Json hashes_of(const std::set<fs::path>& files) {
  Json result = Json::object();
  for (const auto& file : files) result[file.filename().string()] = sha256_file(file);
  return result;
}

}  // namespace

std::string FileHashes::of(const fs::path& file) {
  throw_if_interrupted("the reading of what the run is made with");
  const auto path = fs::absolute(file).lexically_normal().string();
  const auto stamp = stamp_of(file);
  const auto before = before_.is_object() ? before_.value(path, Json()) : Json();
  const bool same = before.is_object() && before.value("stamp", Json()) == stamp &&
                    before.contains("sha256") && before["sha256"].is_string();
  const auto hash = same ? before["sha256"].get<std::string>() : sha256_file(file);
  known_[path] = {{"stamp", stamp}, {"sha256", hash}};
  return hash;
}

Json model_identity(const fs::path& folder, FileHashes& hashes) {
  Json result = Json::object();
  if (!fs::is_directory(folder)) return result;
  std::set<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder))
    if (matters(entry.path())) files.insert(entry.path());
  const auto name = "SHA-256 of " + folder.filename().string();
  Progress progress(name, static_cast<std::int64_t>(files.size()), "files");
  for (const auto& file : files) {
    check_length(file);
    result[file.filename().string()] = hashes.of(file);
    progress.advance();
  }
  return result;
}

Json table_identity(const data::DataConfig& config) {
  std::set<fs::path> files;
  for (const char* name : {"ptbxl_database.csv", "scp_statements.csv", "external.json"}) {
    const auto file = fs::path(config.root) / name;
    if (!config.root.empty() && fs::exists(file)) files.insert(file);
  }
  return hashes_of(files);
}

Json instruction_identity(const std::vector<std::string>& paths) {
  std::set<fs::path> files;
  for (const auto& path : paths)
    for (const auto& file : instruct::instruction_files(path)) files.insert(file);
  return hashes_of(files);
}

Json page_identity(const std::vector<data::PageRef>& pages, int threads) {
  const auto files = files_of(pages);
  std::vector<std::pair<std::string, fs::path>> list(files.begin(), files.end());
  std::vector<std::string> lines(list.size());
  std::uintmax_t bytes = 0;
  std::error_code error;
  for (const auto& [name, file] : list)
    if (const auto size = fs::file_size(file, error); !error) bytes += size;
  const bool whole = bytes <= kMaxBytesRead;
  Progress progress("SHA-256 of pages", static_cast<std::int64_t>(list.size()), "files");
  parallel_for(list.size(), threads, [&](std::size_t i) {
    if (interrupted()) return;
    const auto& [name, file] = list[i];
    std::error_code missing;
    const auto size = fs::file_size(file, missing);
    const bool read = !missing && (whole || file.extension() == ".hea");
    const auto what = missing ? "missing" : read ? sha256_file(file) : std::to_string(size);
    lines[i] = name + " " + what + "\n";
    progress.advance();
  });
  throw_if_interrupted("the reading of what the run is made with");
  Sha256 all;
  for (const auto& line : lines) all.update(line);
  const auto by = whole ? "contents" : "names, sizes and headers";
  return {{"files", list.size()}, {"bytes", bytes}, {"by", by}, {"sha256", all.digest()}};
}

}  // namespace ecg_lora::provenance
