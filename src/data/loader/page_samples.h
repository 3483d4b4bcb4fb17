// Samples that show a page, for adapters that only pages reach.
#pragma once

#include <cstdint>
#include <vector>

#include "ecg_lora/data/loader/mixed_source.h"

namespace ecg_lora::data {

/// Leaves samples without a page out of all sources, `text_only` of them, with a warning. Data
/// error if nothing is left.
void keep_page_samples(std::vector<WeightedSource>& sources, std::int64_t text_only);

/// Adds the pages of all samples of `source`, each once.
void add_pages(const SampleSource& source, std::vector<PageRef>& pages);

}  // namespace ecg_lora::data
