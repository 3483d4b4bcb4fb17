// In which words a run's answers were asked for.
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/base/json.h"
#include "ecg_lora/metrics/statistics/predictions.h"

namespace ecg_lora::evaluation {

/// Tags of the wordings that `answers` state, sorted; "" for answers to a question whose wording is
/// not stated. Probabilities of a model that was asked nothing in words have none.
std::vector<std::string> stated_wordings(const std::vector<metrics::Prediction>& answers);

/// The same for scores.json: {"name", "sha256"}, a list of several, or null. A sum of which only
/// the tag is known has its first digits; `known`, a whole one, stands for its own tag.
Json wording_json(const std::vector<std::string>& tags, const Json& known);

/// The same in words: "clinical 1 0123456789ab", "not stated"; empty if nothing was asked in words.
std::string wording_text(const std::vector<std::string>& tags);

}  // namespace ecg_lora::evaluation
