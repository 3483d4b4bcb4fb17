#include <ATen/ATen.h>

#include <set>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/join.h"
#include "ecg_lora/model/checkpoint/compare_table.h"
#include "ecg_lora/model/shape/table.h"

namespace ecg_lora::model {
namespace {

constexpr std::size_t kMaxNames = 5;

std::string shape_text(at::IntArrayRef shape) {
  return cat("[", c10::Join(", ", shape), "]");
}

std::string listed(const std::vector<std::string>& names, const char* what) {
  if (names.empty()) return "";
  return cat(" ", names.size(), " ", what, " (", joined_at_most(kMaxNames, names), ")");
}

}  // namespace

Mismatch compare_table(const ModelConfig& config, const tensorio::Checkpoint& checkpoint,
                       const std::map<std::string, std::string>& stored) {
  Mismatch mismatch;
  std::set<std::string> expected;
  for (const auto& spec : tensor_table(config)) {
    expected.insert(spec.name);
    const auto found = stored.find(spec.name);
    if (found == stored.end()) {
      mismatch.missing.push_back(spec.name);
    } else if (const auto& shape = checkpoint.info(found->second).shape; shape != spec.shape) {
      mismatch.misshaped.push_back(
          cat(spec.name, ": expected ", shape_text(spec.shape), ", got ", shape_text(shape)));
    }
  }
  for (const auto& [name, original] : stored)
    if (!expected.count(name)) mismatch.unexpected.push_back(original);
  return mismatch;
}

void check_table(const ModelConfig& config, const tensorio::Checkpoint& checkpoint,
                 const std::map<std::string, std::string>& stored) {
  const auto mismatch = compare_table(config, checkpoint, stored);
  if (mismatch.empty()) return;
  throw_checkpoint("checkpoint ", checkpoint.folder().string(),
                   " does not fit its config.json:", listed(mismatch.missing, "missing"),
                   listed(mismatch.unexpected, "unexpected"),
                   listed(mismatch.misshaped, "mis-shaped"),
                   "; use the config.json that belongs to these weights");
}

}  // namespace ecg_lora::model
