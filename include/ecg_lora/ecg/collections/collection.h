// Every source of ECGs behind one interface.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "ecg_lora/ecg/collections/collection_item.h"
#include "ecg_lora/ecg/ptbxl/database.h"

namespace ecg_lora::collections {

/// Layouts of folders that are known. `automatic` asks for the one that the files tell.
enum class CollectionKind { automatic, ptbxl, mimic, challenge, wfdb, images };

/// "auto", "ptbxl", "mimic", "challenge", "wfdb", "images".
const char* name_of(CollectionKind kind);
/// Usage error with the nearest name if `name` is none of them.
CollectionKind parse_collection_kind(const std::string& name);

struct OpenOptions {
  CollectionKind kind = CollectionKind::automatic;
  int sampling_rate = 100;  ///< Hz, 100 or 500, of PTB-XL
  std::uint64_t seed = 1;   ///< of the folds by hash
  /// Folders besides the root where PTB-XL's table may have waveforms.
  std::vector<std::string> recording_folders;
  /// Headers that cannot be read are listed in notices(), instead of an error.
  bool skip_damaged = false;
};

/// Items of one folder. Thread-safe once opened.
class Collection {
 public:
  virtual ~Collection() = default;
  virtual std::size_t size() const = 0;
  /// CollectionItem `index` < size(), built on demand, so that a collection of 800,000 stays small.
  virtual CollectionItem item(std::size_t index) const = 0;

  CollectionKind kind() const { return kind_; }
  const std::filesystem::path& root() const { return root_; }
  /// Patients are comparable between collections of one scope: "ptb-xl", "mimic-iv", else the root.
  const std::string& scope() const { return scope_; }
  /// What was left out, and why; one line each.
  const std::vector<std::string>& notices() const { return notices_; }
  /// For people: "MIMIC-IV-ECG (record_list.csv), 800035 recordings".
  std::string description() const;

 protected:
  Collection(CollectionKind kind, std::filesystem::path root);

  CollectionKind kind_;
  std::filesystem::path root_;
  std::string scope_, evidence_;  ///< evidence_: the file that tells the kind
  std::vector<std::string> notices_;
};

/// Opens a folder, detects its kind if none is given, and logs which it took. Throws a data
/// error that names file, row and column of damage, and lists the layouts that are known if the
/// folder has none of them.
std::unique_ptr<Collection> open_collection(const std::filesystem::path& root,
                                            const OpenOptions& options = {});

/// A PTB-XL folder that is loaded already; `sampling_rate` of its waveforms, Hz.
std::unique_ptr<Collection> ptbxl_collection(std::shared_ptr<const ptbxl::Database> database,
                                             int sampling_rate);

}  // namespace ecg_lora::collections
