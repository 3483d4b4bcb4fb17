#include <algorithm>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/log.h"
#include "header_facts.h"
#include "kinds.h"

namespace ecg_lora::collections {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLookedAt =
    20;  // headers that may tell a Challenge copy from other recordings

bool is_image(std::string extension) {
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return extension == ".png" || extension == ".jpg" || extension == ".jpeg";
}

bool states_diagnoses(const fs::path& root, const std::vector<fs::path>& headers) {
  for (std::size_t i = 0; i < std::min(headers.size(), kLookedAt); ++i) {
    try {
      if (read_header_facts(root / headers[i]).has_diagnoses) return true;
    } catch (const Error&) {  // whoever reads the whole folder says what is wrong with it
      continue;
    }
  }
  return false;
}

/// A folder without tables: of the files in it.
std::unique_ptr<Collection> open_files(const fs::path& root, CollectionKind kind,
                                       const OpenOptions& options) {
  Listing listing = list_files(root);
  if (kind == CollectionKind::automatic && !listing.headers.empty()) {
    kind =
        states_diagnoses(root, listing.headers) ? CollectionKind::challenge : CollectionKind::wfdb;
    if (!listing.images.empty()) {
      listing.notices.push_back(
          cat(root.string(), ": ", listing.images.size(),
              " images among the recordings were left out; the kind 'images' takes them"));
    }
  }
  if (kind == CollectionKind::automatic && !listing.images.empty()) kind = CollectionKind::images;
  const bool found =
      kind == CollectionKind::images ? !listing.images.empty() : !listing.headers.empty();
  if (!found) {
    throw_data(root.string(),
               ": expected ptbxl_database.csv (PTB-XL's layout), record_list.csv (MIMIC-IV-ECG's), "
               "WFDB headers (.hea) or page images (.png, .jpg) in it, got ",
               kind == CollectionKind::automatic ? "none of them"
                                                 : cat("none for the kind '", name_of(kind), "'"),
               "; check the path");
  }
  if (kind == CollectionKind::images) return open_images(root, std::move(listing), options);
  return open_recordings(root, std::move(listing), kind, options);
}

std::unique_ptr<Collection> open_kind(const fs::path& root, const OpenOptions& options) {
  CollectionKind kind = options.kind;
  if (kind == CollectionKind::automatic && fs::exists(root / "ptbxl_database.csv"))
    kind = CollectionKind::ptbxl;
  if (kind == CollectionKind::automatic && fs::exists(root / "record_list.csv"))
    kind = CollectionKind::mimic;
  if (kind == CollectionKind::ptbxl) return open_ptbxl(root, options);
  if (kind == CollectionKind::mimic) return open_mimic(root, options);
  return open_files(root, kind, options);
}

}  // namespace

Listing list_files(const fs::path& root) {
  Listing listing;
  std::error_code error;
  fs::recursive_directory_iterator entry(root, error), end;
  while (!error && entry != end) {
    const fs::path relative = entry->path().lexically_relative(root);
    std::error_code ignored;
    if (entry->is_directory(ignored)) {
      if (entry->is_symlink(ignored)) {
        listing.notices.push_back(entry->path().string() +
                                  ": a link to a folder, which was not followed");
      }
    } else if (relative.extension() == ".hea") {
      listing.headers.push_back(relative);
    } else if (is_image(relative.extension().string())) {
      listing.images.push_back(relative);
    }
    entry.increment(error);
  }
  if (error) throw_data(root.string(), ": cannot be listed: ", error.message());
  std::sort(listing.headers.begin(), listing.headers.end());
  std::sort(listing.images.begin(), listing.images.end());
  return listing;
}

std::unique_ptr<Collection> open_collection(const fs::path& root, const OpenOptions& options) {
  if (!fs::is_directory(root))
    throw_data(root.string(),
               ": expected a folder of recordings or page images, got no folder; check the path");
  auto collection = open_kind(root, options);
  log_info(cat(root.string(), ": ", collection->description(),
               options.kind == CollectionKind::automatic ? ", by its files" : ", as asked"));
  for (const std::string& notice : collection->notices()) log_warn(notice);
  return collection;
}

}  // namespace ecg_lora::collections
