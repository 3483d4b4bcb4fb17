#include "ecg_lora/ecg/collections/collection.h"

#include <array>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/suggest.h"

namespace ecg_lora::collections {
namespace {

struct KindName {
  CollectionKind kind;
  const char* name;
  const char* meaning;
};

constexpr std::array<KindName, 6> kKinds = {
    {{CollectionKind::automatic, "auto", "unknown layout"},
     {CollectionKind::ptbxl, "ptbxl", "PTB-XL's layout"},
     {CollectionKind::mimic, "mimic", "MIMIC-IV-ECG's layout"},
     {CollectionKind::challenge, "challenge", "Challenge 2021 recordings"},
     {CollectionKind::wfdb, "wfdb", "a folder of WFDB recordings"},
     {CollectionKind::images, "images", "a folder of page images"}}};

const KindName& entry(CollectionKind kind) {
  return kKinds[static_cast<std::size_t>(kind)];
}

}  // namespace

const char* name_of(CollectionKind kind) {
  return entry(kind).name;
}

CollectionKind parse_collection_kind(const std::string& name) {
  std::vector<std::string> names;
  for (const KindName& known : kKinds) {
    if (name == known.name) return known.kind;
    names.emplace_back(known.name);
  }
  throw_usage("source kind '", name,
              "': expected auto, ptbxl, mimic, challenge, wfdb or images; the nearest is '",
              nearest(name, names), "'");
}

Collection::Collection(CollectionKind kind, std::filesystem::path root)
    : kind_(kind), root_(std::move(root)) {
  std::error_code ignored;
  const auto canonical = std::filesystem::weakly_canonical(root_, ignored);
  scope_ = canonical.empty() ? root_.string() : canonical.string();
}

std::string Collection::description() const {
  return cat(entry(kind_).meaning, evidence_.empty() ? "" : " (" + evidence_ + ")", ", ", size(),
             kind_ == CollectionKind::images ? " images" : " recordings");
}

}  // namespace ecg_lora::collections
