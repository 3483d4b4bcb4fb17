// Which conditions meet in one recording, and how often.
#include <array>
#include <string_view>

#include "cohort_conditions.h"
#include "ecg_lora/base/error.h"

namespace ecg_lora::synthetic {
namespace {

struct Pair {
  std::string_view a, b;
  double factor = 1;
  bool is(std::string_view x, std::string_view y) const {
    return (a == x && b == y) || (a == y && b == x);
  }
};

/// Of groups that exclude each other, and yet seen together.
constexpr std::array<Pair, 5> kAllowed = {
    {{"CRBBB", "LAFB"}, {"CRBBB", "LPFB"}, {"IRBBB", "LAFB"}, {"IMI", "PMI"}, {"IMI", "ASMI"}}};
/// Of groups that go together, but one would hide or mimic the other.
constexpr std::array<Pair, 21> kDenied = {
    {{"LAFB", "IMI"},   {"LAFB", "LMI"},    {"LAFB", "ALMI"},  {"CRBBB", "PMI"},   {"IRBBB", "PMI"},
     {"LNGQT", "AFIB"}, {"LNGQT", "STACH"}, {"LNGQT", "AFLT"}, {"LNGQT", "SVTAC"}, {"EL", "STACH"},
     {"EL", "AFIB"},    {"IVCD", "LVOLT"},  {"LVH", "IMI"},    {"LVH", "LMI"},     {"LVH", "ASMI"},
     {"LVH", "AMI"},    {"LVH", "ALMI"},    {"LVH", "PMI"},    {"AFIB", "PAC"},    {"STACH", "PAC"},
     {"STACH", "PVC"}}};
constexpr std::array<Pair, 22> kTogether = {
    {{"AFIB", "DIG", 8},    {"AFIB", "LVH", 2},     {"AFIB", "PVC", 2},   {"LVH", "LAO/LAE", 5},
     {"RVH", "RAO/RAE", 9}, {"CRBBB", "LAFB", 5},   {"IRBBB", "LAFB", 2}, {"1AVB", "CRBBB", 2},
     {"1AVB", "CLBBB", 3},  {"1AVB", "LAFB", 2},    {"1AVB", "SBRAD", 2}, {"IMI", "PMI", 4},
     {"IMI", "2AVB", 3},    {"IMI", "1AVB", 2},     {"AMI", "ANEUR", 12}, {"ASMI", "ANEUR", 9},
     {"STACH", "INJAS", 3}, {"STACH", "NST_", 2},   {"ASMI", "LAFB", 2},  {"NDT", "LVOLT", 3},
     {"LNGQT", "SBRAD", 2}, {"CLBBB", "LAO/LAE", 2}}};
constexpr std::array<std::string_view, 4> kWithNormal = {"SARRH", "SBRAD", "PAC", "PVC"};

template <std::size_t N>
const Pair* find(const std::array<Pair, N>& pairs, const CohortCondition& a,
                 const CohortCondition& b) {
  for (const Pair& pair : pairs) {
    if (pair.is(a.code, b.code)) return &pair;
  }
  return nullptr;
}

bool goes_with_aneurysm(std::string_view code) {
  return code == "AMI" || code == "ASMI";
}

}  // namespace

bool compatible(const CohortCondition& a, const CohortCondition& b) {
  if (&a == &b || find(kDenied, a, b) != nullptr) return false;
  if (find(kAllowed, a, b) != nullptr) return true;
  if (a.group == ConditionGroup::normal || b.group == ConditionGroup::normal) {
    const std::string_view other = a.group == ConditionGroup::normal ? b.code : a.code;
    return std::find(kWithNormal.begin(), kWithNormal.end(), other) != kWithNormal.end();
  }
  const std::string_view first = a.code, second = b.code;
  if (a.group == ConditionGroup::infarction && second == "ANEUR") return goes_with_aneurysm(first);
  if (b.group == ConditionGroup::infarction && first == "ANEUR") return goes_with_aneurysm(second);
  return (a.excludes & bit(b.group)) == 0 && (b.excludes & bit(a.group)) == 0;
}

double affinity(const CohortCondition& a, const CohortCondition& b) {
  const Pair* pair = find(kTogether, a, b);
  return pair == nullptr ? 1 : pair->factor;
}

const std::vector<const CohortCondition*>& cohort_conditions() {
  static const std::vector<const CohortCondition*> all = [] {
    std::vector<const CohortCondition*> list;
    for (const auto* group : {&cohort_rhythms(), &cohort_conduction(), &cohort_infarctions(),
                              &cohort_muscle(), &cohort_repolarisation()}) {
      for (const CohortCondition& condition : *group) list.push_back(&condition);
    }
    std::stable_sort(list.begin(), list.end(),
                     [](const auto* a, const auto* b) { return a->group < b->group; });
    return list;
  }();
  return all;
}

const CohortCondition& cohort_condition(const std::string& code) {
  for (const CohortCondition* condition : cohort_conditions()) {
    if (condition->code == code) return *condition;
  }
  throw_usage("expected a code of the virtual cohort, got '", code,
              "'; scp_statements.csv of such a data set lists them");
}

bool cohort_compatible(const std::string& a, const std::string& b) {
  return compatible(cohort_condition(a), cohort_condition(b));
}

}  // namespace ecg_lora::synthetic
