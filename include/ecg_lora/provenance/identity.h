// What results depend on, apart from the config: weights, tokenizer, processor, tables, recordings.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "ecg_lora/base/json.h"
#include "ecg_lora/data/loader/ecg_source.h"

namespace ecg_lora::provenance {

/// SHA-256 of files. A file that has the size, time and inode that it had when `known` was made is
/// not read again.
class FileHashes {
 public:
  explicit FileHashes(Json known = Json::object()) : before_(std::move(known)) {}
  /// In hexadecimal. Data error if it cannot be read; Error with ExitCode::interrupted once a stop
  /// was asked for.
  std::string of(const std::filesystem::path& file);
  /// What was asked for, for the next run.
  const Json& known() const { return known_; }

 private:
  Json before_, known_ = Json::object();
};

/// Name and SHA-256 of every file of a model or adapter that changes a result: weights, configs,
/// tokenizer, processor, chat template. Shows progress. Empty if there is no such folder.
Json model_identity(const std::filesystem::path& folder, FileHashes& hashes);

/// The same of the tables of `config.root`.
Json table_identity(const data::DataConfig& config);

/// The same of files or folders of instructions and tasks.
Json instruction_identity(const std::vector<std::string>& paths);

/// Pages: one sum over the contents of all pictures and recordings, or, if they are larger than
/// 4 GiB, over their names and sizes and the recordings' headers. "by" says which.
Json page_identity(const std::vector<data::PageRef>& pages, int threads);

}  // namespace ecg_lora::provenance
