// Calibration of each label's probabilities, fitted on the validation folds and reported on the
// test folds.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/metrics/statistics/prediction_table.h"

namespace ecg_lora::metrics {

/// Logit of a probability, which is first kept 1e-12 away from 0 and 1.
double logit(double probability);

/// probability -> sigmoid(slope * logit + offset).
struct Calibration {
  double slope = 1, offset = 0;
  double apply(double probability) const;
};

/// Offset 0 and the slope 1 / T, in [1/100, 100], with the least log loss (Guo et al. 2017).
/// Identity where a class is empty.
Calibration fit_temperature(const std::vector<double>& probability,
                            const std::vector<bool>& reference);
/// Slope and offset with the least log loss against Platt's targets (N+ + 1)/(N+ + 2) and 1/(N- +
/// 2), which keep the fit finite where the classes are apart (Platt 1999). Identity where a class
/// is empty.
Calibration fit_platt(const std::vector<double>& probability, const std::vector<bool>& reference);

/// What calibration is judged by.
struct CalibrationScores {
  double brier = 0, calibration_error = 0,
         log_loss = 0;  ///< log loss of probabilities kept 1e-12 away from 0 and 1
};
CalibrationScores calibration_scores(const std::vector<double>& probability,
                                     const std::vector<bool>& reference);

struct LabelCalibration {
  std::string label;
  std::int64_t fitted_on = 0;  ///< records of the validation folds; 0: not fitted, identity
  Calibration temperature, platt;
  CalibrationScores raw, with_temperature, with_platt;  ///< on the test folds
};

/// Labels with both classes in `test`; means over them are the caller's.
std::vector<LabelCalibration> calibrate(const PredictionTable& validation,
                                        const PredictionTable& test);

/// One of ten equal bins of probability.
struct ReliabilityBin {
  double low = 0, high = 0;
  std::int64_t count = 0, positives = 0;
  double mean_probability = 0, share = 0;  ///< 0 where the bin is empty
  double share_low = 0, share_high = 1;    ///< Wilson's 95 % interval of the share
};
std::vector<ReliabilityBin> reliability(const std::vector<double>& probability,
                                        const std::vector<bool>& reference);

}  // namespace ecg_lora::metrics
