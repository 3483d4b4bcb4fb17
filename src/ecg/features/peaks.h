// Peaks of the combined energy: what may be a beat.
#pragma once

#include <vector>

#include "filter.h"

namespace ecg_lora::features {

struct Peak {
  std::size_t at;
  double height;
};

/// Highest points, none within the refractory period of a higher one, in the order of time.
std::vector<Peak> find_peaks(const Signal& height, double sampling_rate);

/// For each second, the median over its neighbourhood of the highest peak of each 2 s.
Signal usual_heights(const std::vector<Peak>& peaks, std::size_t samples, double sampling_rate);

}  // namespace ecg_lora::features
