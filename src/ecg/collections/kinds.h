// One opener for each kind of source.
#pragma once

#include "ecg_lora/ecg/collections/collection.h"

namespace ecg_lora::collections {

/// Files below a root that may be recordings or pages, relative to it, sorted.
struct Listing {
  std::vector<std::filesystem::path> headers, images;
  std::vector<std::string> notices;
};
Listing list_files(const std::filesystem::path& root);

std::unique_ptr<Collection> open_ptbxl(const std::filesystem::path& root,
                                       const OpenOptions& options);
std::unique_ptr<Collection> open_mimic(const std::filesystem::path& root,
                                       const OpenOptions& options);
/// Challenge recordings (kind challenge) or any others (kind wfdb).
std::unique_ptr<Collection> open_recordings(const std::filesystem::path& root, Listing listing,
                                            CollectionKind kind, const OpenOptions& options);
std::unique_ptr<Collection> open_images(const std::filesystem::path& root, Listing listing,
                                        const OpenOptions& options);

}  // namespace ecg_lora::collections
