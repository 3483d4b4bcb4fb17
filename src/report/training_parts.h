// Sections of the page about a training run.
#pragma once

#include <optional>
#include <string>

#include "ecg_lora/metrics/labels/curves.h"
#include "ecg_lora/report/training_page.h"

namespace ecg_lora::report {

/// (step, value) of every line that has a finite number at `key`.
metrics::Points series(const TrainingRun& run, const std::string& key);
/// The middle one of a series' values; nothing where it has none.
std::optional<double> middle(const metrics::Points& points);

std::string run_header_part(const TrainingRun& run);
std::string run_cards_part(const TrainingRun& run);
std::string run_curves_part(const TrainingRun& run);
std::string run_warnings_part(const TrainingRun& run);
std::string run_samples_part(const TrainingRun& run);
std::string run_cost_part(const TrainingRun& run);
std::string run_data_part(const TrainingRun& run);
std::string run_config_part(const TrainingRun& run);

}  // namespace ecg_lora::report
