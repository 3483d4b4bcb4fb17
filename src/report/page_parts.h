// Sections of the evaluation page.
#pragma once

#include <string>

#include "ecg_lora/report/comparison_report.h"
#include "ecg_lora/report/evaluation_page.h"
#include "html.h"

namespace ecg_lora::report {

std::string header_part(const metrics::Evaluation& evaluation, const Provenance& provenance,
                        const std::string& title);
std::string cards_part(const metrics::Evaluation& evaluation);
std::string means_part(const metrics::Evaluation& evaluation);
std::string labels_part(const metrics::Evaluation& evaluation);
std::string curves_part(const metrics::Evaluation& evaluation);
std::string calibration_part(const metrics::Evaluation& evaluation);
std::string cooccurrence_part(const metrics::Evaluation& evaluation);
std::string groups_part(const metrics::Evaluation& evaluation);
std::string errors_part(const metrics::Evaluation& evaluation, const PageOptions& options);
std::string provenance_part(const metrics::Evaluation& evaluation, const Provenance& provenance);

/// What a reader must know before the figures: a sample, another division of folds, and everything
/// that was counted.
std::string banners(const Provenance& provenance, const std::vector<std::string>& counted);
/// A key figure with its interval, and a line below it.
std::string card(const std::string& name, const metrics::Estimate& estimate,
                 const std::string& below);
/// Nested values as a list of "a.b" and text.
std::string fact_list(const Json& facts);

/// A number that sorts by its value.
Cell number_cell(std::optional<double> value, int digits = 3);
/// A value with its interval, small.
/// `few`: marks the interval as one of a label that few patients have or lack.
Cell estimate_cell(const metrics::Estimate& estimate, bool few = false);
/// A difference with its interval, small.
Cell difference_cell(const metrics::Difference& difference);
/// A p-value; a dash for nothing.
Cell p_cell(std::optional<double> p);
/// The head of a page that compares runs: what each is, what marks it, and what was counted in it.
std::string compared_head(const std::vector<RunOrigin>& runs, const std::string& how);

}  // namespace ecg_lora::report
