#include "cohort.h"

#include <cmath>

#include "ecg_lora/base/random.h"
#include "ecg_lora/metrics/statistics/normal.h"

namespace ecg_lora::metrics::coverage {
namespace {

/// Of 21,799 records of PTB-XL, the records that state each of its 71 statements.
constexpr int kPtbxlCounts[] = {
    16782, 9528, 3389, 2685, 2363, 2137, 1829, 1626, 1514, 1275, 1146, 1118, 1009, 875, 826,
    797,   789,  772,  770,  660,  637,  548,  542,  536,  438,  426,  398,  354,  424, 290,
    219,   479,  296,  201,  215,  294,  179,  340,  177,  62,   118,  126,  104,  99,  97,
    77,    80,   157,  51,   170,  181,  30,   148,  142,  33,   18,   17,   24,   10,  73,
    82,    20,   27,   16,   14,   17,   35,   182,  28,   44,   15};

std::vector<Label> like_ptbxl() {
  std::vector<Label> labels;
  for (const int count : kPtbxlCounts)
    labels.push_back({count / 21799.0, 1.2 + 0.4 * static_cast<double>(labels.size() % 4)});
  return labels;
}

std::vector<Label> forty() {
  std::vector<Label> labels;
  for (int l = 0; l < 40; ++l)
    labels.push_back({0.4 * std::pow(0.01, l / 39.0), 1.2 + 0.4 * (l % 4)});
  return labels;
}

/// Where the probability is 0.5: half way, and further for rarer labels as an F1 wants it.
double cut(const Label& label) {
  return label.separation / 2 -
         std::log(label.prevalence / (1 - label.prevalence)) / 2 / label.separation;
}

double probability(const Label& label, double score) {
  return 1 / (1 + std::exp(-label.separation * (score - cut(label))));
}

double density(double x) {
  return std::exp(-x * x / 2) / std::sqrt(2 * 3.14159265358979323846);
}

/// Columns of both models' answers to one label.
struct Drawn {
  std::vector<double> first, second;
  std::vector<bool> reference;
};

Drawn draw_label(const Label& label, const Label& other, const PredictionTable& records,
                 Random random) {
  const double limit = normal_quantile(1 - label.prevalence);
  struct Patient {
    double state, first, second;
  };
  std::vector<Patient> patients;
  for (std::size_t p = 0; p < records.patients; ++p)
    patients.push_back({random.normal(), random.normal(), random.normal()});
  Drawn result;
  for (const auto& record : records.records) {
    const auto& patient = patients[record.patient];
    const bool has = std::sqrt(0.8) * patient.state + std::sqrt(0.2) * random.normal() > limit;
    // 0.4 of the score's variance is the patient's; the two models' scores correlate by 0.6.
    const double one = std::sqrt(0.4) * patient.first + std::sqrt(0.6) * random.normal();
    const double own = std::sqrt(0.4) * patient.second + std::sqrt(0.6) * random.normal();
    result.reference.push_back(has);
    result.first.push_back(probability(label, one + has * label.separation));
    result.second.push_back(probability(other, 0.6 * one + 0.8 * own + has * other.separation));
  }
  return result;
}

}  // namespace

const std::vector<Design>& designs() {
  static const std::vector<Label> kFive{
      {0.4, 1.2}, {0.12, 1.6}, {0.025, 1.4}, {0.012, 2.0}, {0.007, 1.5}};
  static const std::vector<Label> kRarer{
      {0.4, 1.2}, {0.12, 1.6}, {0.015, 1.4}, {0.005, 2.0}, {0.003, 1.5}};
  static const std::vector<Design> kAll{
      {"five", "5 labels, 540 records of 300 patients, about 220, 65, 14, 6 and 4 positives", 300,
       0.8, kFive},
      {"larger",
       "5 labels, 2,700 records of 1,500 patients, about 1,080, 320, 40, 14 and 8 positives", 1500,
       0.8, kRarer},
      {"forty", "40 labels, 1,080 records of 600 patients, from 430 to 4 positives", 600, 0.8,
       forty()},
      {"ptbxl",
       "71 labels as frequent as PTB-XL's, 2,280 records of 1,900 patients, from 1,755 to 1 "
       "positives",
       1900, 0.2, like_ptbxl()}};
  return kAll;
}

Values truth_of(const Label& label) {
  constexpr double low = -9, high = 14, step = 5e-4;
  const double q = label.prevalence, d = label.separation, at = cut(label);
  const auto above = [](double x) { return normal_cdf(-x); };
  Values v;
  v[Metric::auroc] = normal_cdf(d / std::sqrt(2.0));
  v[Metric::f1] = 2 * q * above(at - d) / (q * above(at - d) + q + (1 - q) * above(at));
  double precision = 0, brier = 0;
  for (double s = low; s < high; s += step) {
    const double p = probability(label, s), hits = q * above(s - d), alarms = (1 - q) * above(s);
    if (hits > 0) precision += step * density(s - d) * hits / (hits + alarms);
    brier += step * (q * density(s - d) * (1 - p) * (1 - p) + (1 - q) * density(s) * p * p);
  }
  v[Metric::average_precision] = precision;
  v[Metric::brier] = brier;
  return v;
}

Label better(const Label& label, std::size_t number) {
  return {label.prevalence, label.separation + 0.3 * static_cast<double>(number % 2)};
}

Cohort draw(const Design& design, std::uint64_t seed, std::uint64_t number) {
  Cohort cohort;
  auto& table = cohort.first;
  Random random{seed, number};
  table.patients = design.patients;
  for (std::size_t p = 0; p < design.patients; ++p) {
    int records = 1;  // Poisson by multiplying uniforms (Knuth)
    for (double product = random.uniform(); product > std::exp(-design.further_records); ++records)
      product *= random.uniform();
    for (int r = 0; r < records; ++r)
      table.records.push_back({static_cast<int>(table.records.size()), static_cast<int>(p), 10, p});
  }
  cohort.second = table;
  for (std::size_t l = 0; l < design.labels.size(); ++l) {
    auto drawn =
        draw_label(design.labels[l], better(design.labels[l], l), table, Random{seed, number, l});
    LabelColumn column{
        std::to_string(100 + l), std::move(drawn.first), std::move(drawn.reference), {}};
    for (std::size_t r = 0; r < table.records.size(); ++r) column.record.push_back(r);
    table.columns.push_back(column);
    column.probability = std::move(drawn.second);
    cohort.second.columns.push_back(std::move(column));
  }
  return cohort;
}

}  // namespace ecg_lora::metrics::coverage
