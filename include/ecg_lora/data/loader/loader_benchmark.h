// How fast batches are made, by stage and by number of workers.
#pragma once

#include <memory>
#include <string>

#include "ecg_lora/data/loader/mixed_source.h"

namespace ecg_lora::data {

/// Makes some batches of `source` with 1, 2, 4 … workers, up to `most_workers`. Two tables for
/// people: pages and rows per second for each number of workers, then the time of each stage per
/// page. Takes about `seconds` for each number of workers. Sets libtorch's threads to 1.
std::string benchmark_loader(const std::shared_ptr<MixedSource>& source, int most_workers,
                             double seconds = 3);

}  // namespace ecg_lora::data
