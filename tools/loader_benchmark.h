// How fast batches are made, by stage and by number of workers.
#pragma once

#include <memory>

#include "ecg_lora/data/mixed_source.h"

namespace ecg_lora::tools {

/// Makes some batches of `source` with 1, 2, 4 … workers, up to `most_workers`, and prints pages
/// and rows a second for each, then the time of each stage for a page. Takes about `seconds` for
/// each number of workers.
void benchmark_loader(std::shared_ptr<data::MixedSource> source, int most_workers,
                      double seconds = 3);

}  // namespace ecg_lora::tools
