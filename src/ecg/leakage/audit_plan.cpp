#include "audit_plan.h"

#include <algorithm>
#include <sstream>

#include "ecg_lora/base/error.h"
#include "ecg_lora/ecg/collections/folds.h"

namespace ecg_lora::leakage {
namespace {

constexpr std::size_t kMaxParts = 64;  // bits of AuditedRecording::parts

}  // namespace

Splits parse_splits(const std::string& text) {
  const auto expected = [&](const char* what) {
    return cat("--splits ", text, ": expected ", what, " such as train=1-8,valid=9,test=10");
  };
  Splits splits;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    const auto equals = part.find('=');
    const auto name = part.substr(0, equals);
    if (equals == std::string::npos || name.empty())
      throw_usage(expected("name=folds"), ", got '", part, "'");
    splits.emplace_back(name, collections::parse_folds(part.substr(equals + 1), '+',
                                                       expected("folds from 1 to 10")));
  }
  return splits;
}

AuditPlan plan_splits(const collections::Collection& collection, const Splits& splits) {
  AuditPlan plan;
  plan.collections = {&collection};
  std::vector<std::size_t> counts(splits.size(), 0);
  for (const auto& [name, folds] : splits) plan.parts.push_back(name);
  for (std::size_t item = 0; item < collection.size(); ++item) {
    const int fold = collection.item(item).fold;
    for (std::size_t part = 0; part < splits.size(); ++part) {
      const auto& folds = splits[part].second;
      if (std::find(folds.begin(), folds.end(), fold) == folds.end()) continue;
      plan.members.push_back(
          {0, static_cast<std::uint32_t>(item), static_cast<std::uint32_t>(part)});
      ++counts[part];
    }
  }
  for (std::size_t part = 0; part < counts.size(); ++part) {
    if (counts[part] == 0) {
      throw_usage("split '", splits[part].first,
                  "': expected folds that have recordings, got none in ",
                  collection.root().string(), "; choose other folds");
    }
  }
  check_plan(plan);
  return plan;
}

AuditPlan plan_collections(const std::vector<const collections::Collection*>& collections) {
  AuditPlan plan;
  plan.collections = collections;
  for (std::size_t c = 0; c < collections.size(); ++c) {
    plan.parts.push_back(collections[c]->root().string());
    for (std::size_t item = 0; item < collections[c]->size(); ++item) {
      plan.members.push_back({static_cast<std::uint32_t>(c), static_cast<std::uint32_t>(item),
                              static_cast<std::uint32_t>(c)});
    }
  }
  check_plan(plan);
  return plan;
}

void check_plan(const AuditPlan& plan) {
  if (plan.parts.empty() || plan.parts.size() > kMaxParts) {
    throw_usage("an audit compares 1 to ", kMaxParts, " parts, got ", plan.parts.size(),
                "; give fewer");
  }
}

std::vector<AuditedRecording> recordings_of(const AuditPlan& plan) {
  check_plan(plan);
  std::vector<AuditedRecording> recordings;
  for (const Member& m : plan.members)
    recordings.push_back({m.collection, m.item, std::uint64_t{1} << m.part});
  const auto place = [](const AuditedRecording& r) { return std::pair(r.collection, r.item); };
  std::stable_sort(
      recordings.begin(), recordings.end(),
      [&](const AuditedRecording& a, const AuditedRecording& b) { return place(a) < place(b); });
  std::size_t kept = 0;
  for (const AuditedRecording& recording : recordings) {
    if (kept > 0 && place(recordings[kept - 1]) == place(recording)) {
      recordings[kept - 1].parts |= recording.parts;
    } else {
      recordings[kept++] = recording;
    }
  }
  recordings.resize(kept);
  return recordings;
}

std::string parts_text(const AuditPlan& plan, std::uint64_t bits) {
  std::string text;
  for (std::size_t part = 0; part < plan.parts.size(); ++part) {
    if ((bits >> part & 1) != 0) text += (text.empty() ? "" : "+") + plan.parts[part];
  }
  return text;
}

}  // namespace ecg_lora::leakage
