#include "ecg_lora/ecg/collections/collection.h"

#include <array>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/suggest.h"

namespace ecg_lora::collections {
namespace {

struct KindName {
  Kind kind;
  const char* name;
  const char* meaning;
};

constexpr std::array<KindName, 6> kKinds = {
    {{Kind::automatic, "auto", "unknown layout"},
     {Kind::ptbxl, "ptbxl", "PTB-XL's layout"},
     {Kind::mimic, "mimic", "MIMIC-IV-ECG's layout"},
     {Kind::challenge, "challenge", "Challenge 2021 recordings"},
     {Kind::wfdb, "wfdb", "a folder of WFDB recordings"},
     {Kind::images, "images", "a folder of page images"}}};

const KindName& entry(Kind kind) {
  return kKinds[static_cast<std::size_t>(kind)];
}

}  // namespace

const char* name_of(Kind kind) {
  return entry(kind).name;
}

Kind kind_of(const std::string& name) {
  std::vector<std::string> names;
  for (const KindName& known : kKinds) {
    if (name == known.name) return known.kind;
    names.emplace_back(known.name);
  }
  throw_usage("source kind '", name,
              "': expected auto, ptbxl, mimic, challenge, wfdb or images; the nearest is '",
              nearest(name, names), "'");
}

Collection::Collection(Kind kind, std::filesystem::path root)
    : kind_(kind), root_(std::move(root)) {
  std::error_code ignored;
  const auto canonical = std::filesystem::weakly_canonical(root_, ignored);
  scope_ = canonical.empty() ? root_.string() : canonical.string();
}

std::string Collection::description() const {
  return cat(entry(kind_).meaning, evidence_.empty() ? "" : " (" + evidence_ + ")", ", ", size(),
             kind_ == Kind::images ? " images" : " recordings");
}

}  // namespace ecg_lora::collections
