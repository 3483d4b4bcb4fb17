#include "ecg_lora/ecg/features/trace_features.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "ecg_lora/ecg/features/axis.h"
#include "ecg_lora/ecg/features/beats.h"
#include "ecg_lora/ecg/features/rr_statistics.h"
#include "median_beat.h"

namespace ecg_lora::features {
namespace {

using Features = std::vector<std::optional<double>>;

double mean(const Signal& signal) {
  double sum = 0;
  for (const double value : signal) sum += value;
  return sum / static_cast<double>(signal.size());
}

/// Of the samples that are valid; nothing with fewer than two.
std::optional<double> deviation(const wfdb::Record& record, const std::string& name) {
  const auto lead = std::find_if(record.leads.begin(), record.leads.end(),
                                 [&](const auto& l) { return l.name == name; });
  if (lead == record.leads.end()) return std::nullopt;
  double count = 0, sum = 0, squares = 0;
  for (const double x : lead->samples)
    if (std::isfinite(x)) ++count, sum += x;
  if (count < 2) return std::nullopt;
  for (const double x : lead->samples)
    if (std::isfinite(x)) squares += (x - sum / count) * (x - sum / count);
  return std::sqrt(squares / count);
}

void add_rr(Features& features, const Measured<Beats>& beats) {
  const auto rr = measure_rr(beats);
  if (rr)
    features.insert(features.end(), {rr->rate, rr->variation, rr->wander, rr->largest});
  else
    features.insert(features.end(), 4, std::nullopt);
}

void add_axis(Features& features, const wfdb::Record& record, const Measured<Beats>& beats) {
  const auto axis = measure_axis(record, beats);
  const double radians = axis ? axis->degrees * std::numbers::pi / 180 : 0;
  features.push_back(axis ? std::optional(std::sin(radians)) : std::nullopt);
  features.push_back(axis ? std::optional(std::cos(radians)) : std::nullopt);
}

}  // namespace

const std::vector<std::string>& trace_feature_names() {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> all{
        "heart rate",   "RR variation",   "RR wander", "largest RR departure",
        "sine of axis", "cosine of axis", "QRS width"};
    for (const auto& lead : wfdb::standard_leads())
      for (const char* what : {"highest of QRS", "lowest of QRS", "mean behind QRS", "deviation"})
        all.push_back(lead + " " + what);
    return all;
  }();
  return kNames;
}

Features trace_features(const wfdb::Record& record) {
  Features features;
  const auto beats = find_beats(record);
  add_rr(features, beats);
  add_axis(features, record, beats);
  std::optional<MedianBeat> beat;
  if (beats) beat.emplace(record, *beats);
  const bool any = beat && std::any_of(wfdb::standard_leads().begin(), wfdb::standard_leads().end(),
                                       [&](const auto& lead) { return beat->has(lead); });
  features.push_back(any ? std::optional(beat->qrs_width()) : std::nullopt);
  for (const auto& lead : wfdb::standard_leads()) {
    const bool measured = beat && beat->has(lead);
    const auto qrs = measured ? beat->qrs(lead) : Signal{},
               behind = measured ? beat->after_qrs(lead) : Signal{};
    features.push_back(qrs.empty() ? std::nullopt
                                   : std::optional(*std::max_element(qrs.begin(), qrs.end())));
    features.push_back(qrs.empty() ? std::nullopt
                                   : std::optional(*std::min_element(qrs.begin(), qrs.end())));
    features.push_back(behind.empty() ? std::nullopt : std::optional(mean(behind)));
    features.push_back(deviation(record, lead));
  }
  return features;
}

}  // namespace ecg_lora::features
