// Sections of the evaluation page.
#pragma once

#include <string>

#include "ecg_lora/report/evaluation_page.h"
#include "html.h"

namespace ecg_lora::report {

std::string header_part(const score::Evaluation& evaluation, const Provenance& provenance, const std::string& title);
std::string cards_part(const score::Evaluation& evaluation);
std::string means_part(const score::Evaluation& evaluation);
std::string labels_part(const score::Evaluation& evaluation);
std::string curves_part(const score::Evaluation& evaluation);
std::string calibration_part(const score::Evaluation& evaluation);
std::string cooccurrence_part(const score::Evaluation& evaluation);
std::string groups_part(const score::Evaluation& evaluation);
std::string errors_part(const score::Evaluation& evaluation, const PageOptions& options);
std::string provenance_part(const score::Evaluation& evaluation, const Provenance& provenance);

/// The values of nested objects as pairs of a definition list, "a.b" and text.
std::string facts_list(const Json& json);

/// A number that sorts by its value.
Cell number_cell(std::optional<double> value, int digits = 3);
/// A value with its interval, small.
Cell estimate_cell(const score::Estimate& estimate);

}  // namespace ecg_lora::report
