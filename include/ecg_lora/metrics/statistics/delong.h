// Intervals and tests of AUROC from its structural components (DeLong, DeLong and Clarke-Pearson
// 1988), and Holm's adjustment of p-values.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace ecg_lora::metrics {

/// Several records of one patient are not independent: variances are summed over patients
/// (Obuchowski 1997), which is DeLong's variance exactly if every patient has one record.
struct Delong {
  double auroc = 0;
  double deviation = 0;      ///< standard error
  double low = 0, high = 0;  ///< 95 %: auroc -+ 1.96 deviations, cut to [0, 1]
};

/// AUROC of one label. Each argument has one entry per record; `patient` is the patient's number.
/// Empty unless both classes have records of at least two patients.
std::optional<Delong> delong(const std::vector<double>& probability,
                             const std::vector<bool>& reference,
                             const std::vector<std::size_t>& patient);

struct DelongDifference {
  double difference = 0;     ///< of AUROC, second minus first
  double deviation = 0;      ///< standard error of the difference
  double low = 0, high = 0;  ///< 95 %
  double p = 1;              ///< two-sided; 1 if both rank all pairs alike
};

/// Two sets of probabilities for the same records. Empty as delong() is.
std::optional<DelongDifference> delong_difference(const std::vector<double>& first,
                                                  const std::vector<double>& second,
                                                  const std::vector<bool>& reference,
                                                  const std::vector<std::size_t>& patient);

/// Holm's step-down adjustment (Holm 1979), in the order given: adjusted p-values hold for all
/// tests at once.
std::vector<double> holm(const std::vector<double>& p);
/// The same for tests of which some could not be done: these stay empty, and are not counted.
std::vector<std::optional<double>> holm_of_tested(const std::vector<std::optional<double>>& p);

}  // namespace ecg_lora::metrics
