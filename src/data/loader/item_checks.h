// The checks that instruction samples pass before any is used.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ecg_lora/data/loader/instruct_source.h"

namespace ecg_lora::data {

/// An item of one of several files.
struct ItemRef {
  std::uint32_t file = 0, entry = 0;
};

struct ItemChecks {
  const std::vector<instruct::InstructionFile>& files;
  const instruct::Resolver& resolver;
  const BatchMaker& maker;
  instruct::OnBad on_bad;
  int threads;
  SkipLog& log;

  /// The items whose rows are not longer than batch.max_tokens, or are to be cut; counts and notes
  /// the others. Usage error with their number and the longest of them if batch.too_long is
  /// stop. Items that the maker's prompt layout does not take are bad ones: with on_bad stop, a
  /// data error with their number and the first of them.
  std::vector<ItemRef> of_length(InstructSummary& summary) const;
  /// Whether an image of an item is found nowhere, for each of `items`. With on_bad stop, a data
  /// error with their number and the first of them.
  std::vector<bool> missing_images(const std::vector<ItemRef>& items) const;

 private:
  std::vector<ItemRef> laid_out(InstructSummary& summary) const;
  std::size_t length(const ItemRef& ref) const;
};

}  // namespace ecg_lora::data
