// Calibration of each label's probabilities, fitted on the validation folds and reported on the
// test folds.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ecg_lora/metrics/statistics/prediction_table.h"

namespace ecg_lora::metrics {

/// Logit of a probability, which is first kept 1e-12 away from 0 and 1.
double logit(double probability);

/// probability -> sigmoid(slope * logit + offset). The default is the identity.
struct Calibration {
  double slope = 1, offset = 0;
  double apply(double probability) const;
};

/// Temperature scaling (Guo et al. 2017): offset 0 and the slope 1 / T, in [1/100, 100], with the
/// least log loss. Identity if a class is empty. One entry per record in both vectors.
Calibration fit_temperature(const std::vector<double>& probability,
                            const std::vector<bool>& reference);
/// Platt scaling (Platt 1999): slope and offset with the least log loss against the targets
/// (N+ + 1) / (N+ + 2) of positives and 1 / (N- + 2) of negatives, which keep the fit finite if the
/// classes can be separated. Identity if a class is empty.
Calibration fit_platt(const std::vector<double>& probability, const std::vector<bool>& reference);

/// What calibration is judged by; 0 without records.
struct CalibrationScores {
  double brier = 0, calibration_error = 0;
  double log_loss = 0;  ///< mean, of probabilities kept 1e-12 away from 0 and 1
};
CalibrationScores calibration_scores(const std::vector<double>& probability,
                                     const std::vector<bool>& reference);

struct LabelCalibration {
  std::string label;
  std::int64_t fitted_on = 0;  ///< records of the validation folds; 0: not fitted, identity
  Calibration temperature, platt;
  CalibrationScores raw, with_temperature, with_platt;  ///< on the test folds
};

/// Of each label with both classes in `test`; means over them are the caller's.
std::vector<LabelCalibration> calibrate(const PredictionTable& validation,
                                        const PredictionTable& test);

/// A bin of a reliability diagram.
struct ReliabilityBin {
  double low = 0, high = 0;                ///< probabilities from `low` up to `high`
  std::int64_t count = 0, positives = 0;   ///< records in the bin
  double mean_probability = 0, share = 0;  ///< share of positives; both 0 if the bin is empty
  double share_low = 0, share_high = 1;    ///< 95 % interval of the share (Wilson 1927)
};
/// The kCalibrationBins bins of equal width, by rising probability.
std::vector<ReliabilityBin> reliability(const std::vector<double>& probability,
                                        const std::vector<bool>& reference);

}  // namespace ecg_lora::metrics
