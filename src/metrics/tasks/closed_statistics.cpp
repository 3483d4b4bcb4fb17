#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "task_statistics.h"

namespace ecg_lora::metrics {
namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

double ratio(double part, double whole) {
  return whole > 0 ? part / whole : kUndefined;
}

std::vector<std::string> classes_of(const std::vector<TaskAnswer>& answers) {
  std::set<std::string> names;
  for (const auto& a : answers) names.insert(a.options.begin(), a.options.end());
  return {names.begin(), names.end()};
}

std::vector<std::size_t> without(const std::vector<std::size_t>& all,
                                 const std::vector<std::size_t>& some) {
  std::vector<std::size_t> rest;
  std::set_difference(all.begin(), all.end(), some.begin(), some.end(), std::back_inserter(rest));
  return rest;
}

/// Of options that are equally likely each earns its share.
double likeliest_right(const TaskAnswer& a) {
  if (a.probability.empty()) return -1;
  const double best = *std::max_element(a.probability.begin(), a.probability.end());
  double right = 0, level = 0;
  for (std::size_t o = 0; o < a.options.size(); ++o)
    if (a.probability[o] == best)
      ++level, right += std::find(a.gold.begin(), a.gold.end(), a.options[o]) != a.gold.end();
  return right / level;
}

}  // namespace

double mean_of_defined(const std::vector<double>& values) {
  double sum = 0, count = 0;
  for (const double value : values)
    if (!std::isnan(value)) sum += value, ++count;
  return ratio(sum, count);
}

std::vector<double> filled(std::vector<double> values, const std::vector<double>& whole) {
  for (std::size_t k = 0; k < values.size(); ++k)
    if (std::isnan(values[k])) values[k] = whole[k];
  return values;
}

std::size_t common(const std::vector<std::size_t>& a, const std::vector<std::size_t>& b) {
  std::vector<std::size_t> both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both.size();
}

ClosedStatistics::ClosedStatistics(AnswerKind kind, const std::vector<TaskAnswer>& answers,
                                   const std::vector<std::size_t>& patient)
    : kind_(kind), classes_(classes_of(answers)) {
  for (std::size_t i = 0; i < answers.size(); ++i) judge(answers[i], patient[i]);
  if (std::all_of(answers.begin(), answers.end(),
                  [](const auto& a) { return !a.probability.empty(); }))
    rank(answers, patient);
  whole_ = averaged(count(nullptr), nullptr);
}

void ClosedStatistics::judge(const TaskAnswer& answer, std::size_t patient) {
  const auto to_classes = [&](const std::vector<std::size_t>& places) {
    std::vector<std::size_t> result;
    for (const auto place : places)
      result.push_back(static_cast<std::size_t>(
          std::lower_bound(classes_.begin(), classes_.end(), answer.options[place]) -
          classes_.begin()));
    std::sort(result.begin(), result.end());
    result.erase(std::unique(result.begin(), result.end()), result.end());
    return result;
  };
  std::vector<std::size_t> all(answer.options.size());
  for (std::size_t o = 0; o < all.size(); ++o) all[o] = o;
  Judged j{patient, to_classes(all), to_classes(gold_places(answer)),
           {},      false,           likeliest_right(answer)};
  if (const auto places = parse_answer(answer)) {
    j.called = to_classes(*places);
    j.right = j.called == j.gold;
  } else if (kind_ == AnswerKind::labels) {
    j.called = without(j.offered, j.gold);  // wrong in every label
  }
  judged_.push_back(std::move(j));
}

void ClosedStatistics::rank(const std::vector<TaskAnswer>& answers,
                            const std::vector<std::size_t>& patient) {
  if (kind_ == AnswerKind::choice) return;
  for (const auto& name :
       kind_ == AnswerKind::yes_no ? std::vector<std::string>{"yes"} : classes_) {
    std::vector<double> probability;
    std::vector<bool> reference;
    std::vector<std::size_t> slot;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      const auto& a = answers[i];
      const auto found = std::find(a.options.begin(), a.options.end(), name);
      if (found == a.options.end()) continue;
      probability.push_back(a.probability[static_cast<std::size_t>(found - a.options.begin())]);
      reference.push_back(std::find(a.gold.begin(), a.gold.end(), name) != a.gold.end());
      slot.push_back(patient[i]);
    }
    rankings_.emplace_back(probability, reference, slot);
  }
}

ClosedStatistics::Counts ClosedStatistics::count(const std::vector<double>* weight) const {
  const std::vector<double> zeros(classes_.size(), 0.0);
  Counts c{zeros, zeros, zeros, zeros};
  for (const auto& j : judged_) {
    const double w = weight ? (*weight)[j.patient] : 1;
    if (w == 0) continue;
    c.weight += w, c.right += w * j.right;
    const auto hits = common(j.gold, j.called);
    c.wrong_labels += w * static_cast<double>(j.gold.size() + j.called.size() - 2 * hits),
        c.labels += w * static_cast<double>(j.offered.size());
    if (j.likeliest_right >= 0) c.likeliest += w * j.likeliest_right, c.with_likelihoods += w;
    for (const auto k : j.offered) c.offered[k] += w;
    for (const auto k : j.gold) c.gold[k] += w;
    for (const auto k : j.called) {
      c.called[k] += w;
      if (std::binary_search(j.gold.begin(), j.gold.end(), k)) c.hits[k] += w;
    }
  }
  return c;
}

ClosedStatistics::Classes ClosedStatistics::averaged(const Counts& c,
                                                     const std::vector<double>* weight) const {
  Classes result;
  for (std::size_t k = 0; k < classes_.size(); ++k) {
    const double sensitivity = ratio(c.hits[k], c.gold[k]), negatives = c.offered[k] - c.gold[k];
    result.f1.push_back(c.gold[k] > 0 ? 2 * c.hits[k] / (c.gold[k] + c.called[k]) : kUndefined);
    result.recall.push_back(sensitivity);
    result.balanced.push_back(
        (sensitivity + ratio(negatives - (c.called[k] - c.hits[k]), negatives)) / 2);
  }
  for (const auto& ranking : rankings_)
    result.auroc.push_back(ranking.auroc(weight).value_or(kUndefined));
  return result;
}

std::vector<double> ClosedStatistics::metrics(const Counts& c, const Classes& classes) const {
  const double right = ratio(c.right, c.weight);
  if (kind_ == AnswerKind::yes_no)
    return {right, mean_of_defined(classes.f1), mean_of_defined(classes.recall),
            mean_of_defined(classes.auroc)};
  if (kind_ == AnswerKind::choice)
    return {right, mean_of_defined(classes.f1), ratio(c.likeliest, c.with_likelihoods)};
  double hits = 0, sizes = 0;
  for (std::size_t k = 0; k < classes_.size(); ++k)
    hits += c.hits[k], sizes += c.gold[k] + c.called[k];
  return {mean_of_defined(classes.f1),       right,
          ratio(c.wrong_labels, c.labels),   ratio(2 * hits, sizes),
          mean_of_defined(classes.balanced), mean_of_defined(classes.auroc)};
}

std::vector<double> ClosedStatistics::operator()(const std::vector<double>* weight) const {
  const auto c = count(weight);
  const auto classes = averaged(c, weight);
  auto values = metrics(c, classes);
  values.insert(values.end(), classes.f1.begin(), classes.f1.end());
  const Classes fixed{filled(classes.f1, whole_.f1), filled(classes.recall, whole_.recall),
                      filled(classes.balanced, whole_.balanced),
                      filled(classes.auroc, whole_.auroc)};
  for (const double value : metrics(c, fixed)) values.push_back(value);
  return values;
}

StatisticTraits ClosedStatistics::traits() const {
  const auto count = metrics_of(kind_).size();
  StatisticTraits traits;
  for (std::size_t s = 0; s < 2 * count + classes_.size(); ++s)
    traits.bias_of.push_back(s < count ? count + classes_.size() + s : s);
  return traits;
}

}  // namespace ecg_lora::metrics
