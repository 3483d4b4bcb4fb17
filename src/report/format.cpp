#include "format.h"

#include <iomanip>
#include <sstream>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/join.h"

namespace ecg_lora::report {

std::string fixed(std::optional<double> value, int digits) {
  if (!value) return "undefined";
  std::ostringstream out;
  out << std::fixed << std::setprecision(digits) << *value;
  return out.str();
}

std::string estimate_text(const metrics::Estimate& e) {
  if (!e.value || !e.low || !e.high) return fixed(e.value);
  return fixed(e.value) + " (" + fixed(e.low) + "-" + fixed(e.high) + ")";
}

std::string intervals_text(const metrics::IntervalOptions& options, bool paired) {
  if (options.resamples < 2) return cat("none: ", options.resamples, " groups of patients");
  const auto groups = cat("jackknife over patients, at most ", options.resamples,
                          " groups left out in turn (seed ", options.seed, ")");
  if (paired)
    return cat("95 %, Student's t with the error of a ", groups,
               ", the same for both runs; p is of that t");
  return cat("95 %, ", groups,
             ", Student's t on the logit scale, less the bias and extended to the value",
             options.bca ? cat("; bca: BCa over ", options.resamples,
                               " resamples with fractional weights of patients")
                         : "");
}

std::string signed_text(std::optional<double> value, int digits) {
  return (value && *value >= 0 ? "+" : "") + fixed(value, digits);
}

std::string p_text(std::optional<double> p) {
  return p && *p < 0.001 ? "<0.001" : fixed(p);
}

Json number_json(std::optional<double> value) {
  return value ? Json(*value) : Json(nullptr);
}

Json estimate_json(const metrics::Estimate& e) {
  Json json{
      {"value", number_json(e.value)}, {"low", number_json(e.low)}, {"high", number_json(e.high)}};
  if (e.bca_low) json["bca_low"] = *e.bca_low, json["bca_high"] = number_json(e.bca_high);
  return json;
}

Json difference_json(const metrics::Difference& d) {
  return {{"first", number_json(d.first)},      {"second", number_json(d.second)},
          {"difference", number_json(d.value)}, {"low", number_json(d.low)},
          {"high", number_json(d.high)},        {"p", number_json(d.p)}};
}

std::string difference_text(const metrics::Difference& d) {
  if (!d.value || !d.low) return signed_text(d.value);
  return signed_text(d.value) + " (" + signed_text(d.low) + " " + signed_text(d.high) + ") p " +
         p_text(d.p);
}

Json origin_json(const RunOrigin& origin, const char* how_key) {
  Json counts = Json::object();
  for (const auto& notice : origin.notices) counts[notice.key] = notice.count;
  return {
      {"name", origin.name}, {how_key, origin.how}, {"sample", origin.sample}, {"counts", counts}};
}

std::string origin_text(const RunOrigin& origin) {
  std::string text = origin.name + ": " + origin.how + "\n";
  if (!origin.sample.empty()) text += "SAMPLE ONLY: " + origin.name + ": " + origin.sample + "\n";
  for (const auto& notice : origin.notices)
    if (notice.count > 0)
      text += origin.name + ": " + std::to_string(notice.count) + " " + notice.text + "\n";
  return text;
}

RunOrigin counted_origin(const ComparedRun& run) {
  auto origin = run.origin;
  const auto names = run.scores.one_class_labels();
  origin.notices.push_back({"one_class_labels", static_cast<std::int64_t>(names.size()),
                            "labels have records of " + run.scores.why_undefined() +
                                ", and no macro mean counts them: " + joined(names)});
  origin.notices.push_back({"pairs_without_answer", run.scores.unanswered,
                            "pairs of a record and a label have no answer"});
  return origin;
}

void Lines::row(const std::string& name, const std::string& count,
                const std::vector<std::string>& values) {
  std::ostringstream out;
  out << std::left << std::setw(static_cast<int>(name_)) << name << std::right
      << std::setw(static_cast<int>(count_)) << count;
  for (const auto& value : values) out << std::setw(static_cast<int>(value_)) << value;
  text_ += out.str() + "\n";
}

}  // namespace ecg_lora::report
