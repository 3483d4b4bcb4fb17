// Reports in the manner of PTB-XL's: mostly terse German of a device, some English.
#include "cohort_conditions.h"

namespace ecg_lora::synthetic {
namespace {

struct Word {
  const char *german, *english;
};

Word axis_words(double degrees) {
  if (degrees < -30) return {"überdrehter linkstyp", "left axis deviation."};
  if (degrees < 30) return {"linkstyp", ""};
  if (degrees < 60) return {"lagetyp normal", ""};
  if (degrees < 90) return {"steiltyp", ""};
  if (degrees < 120) return {"rechtstyp", "right axis deviation."};
  return {"überdrehter rechtstyp", "right axis deviation."};
}

void say(std::string& text, const std::string& words) {
  if (!words.empty()) text += (text.empty() ? "" : " ") + words;
}

/// A condition in the words of one language; patterns of premature beats say of what.
std::string phrase(const CohortCondition& condition, const Rhythm& rhythm, bool german) {
  std::string words = german ? condition.german : condition.english;
  if (rhythm.pattern > 0 && condition.group == ConditionGroup::ectopy) {
    words = german
                ? (rhythm.pattern_atrial ? "supraventrikuläre" : "ventrikuläre") +
                      (" extrasystole(n), " + words)
                : std::string("premature ") + (rhythm.pattern_atrial ? "atrial" : "ventricular") +
                      " contraction(s), " + words;
  }
  return german || words.empty() ? words : words + ".";
}

}  // namespace

std::string axis_code(double degrees) {
  if (degrees < -30) return "ALAD";
  if (degrees < 30) return "LAD";
  if (degrees < 90) return "MID";
  return degrees < 120 ? "RAD" : "ARAD";
}

std::string cohort_report(const std::vector<const CohortCondition*>& shown, const Morphology& m,
                          bool sinus, Random& random) {
  const bool german = random.bernoulli(0.72);
  const auto say_condition = [&](std::string& text, const CohortCondition& condition) {
    say(text, phrase(condition, m.rhythm, german));
  };
  std::string text;
  bool rhythm_said = false, normal = false;
  for (const CohortCondition* c : shown) {
    if (c->group == ConditionGroup::ectopy) say_condition(text, *c);
  }
  for (const CohortCondition* c : shown) {
    if (c->group != ConditionGroup::rhythm) continue;
    say_condition(text, *c);
    rhythm_said = true;
  }
  if (sinus && !rhythm_said) say(text, german ? "sinusrhythmus" : "sinus rhythm.");
  const Word axis = axis_words(m.frontal_axis);
  if (m.rhythm.mechanism != Mechanism::paced) say(text, german ? axis.german : axis.english);
  for (const CohortCondition* c : shown) {
    if (c->group != ConditionGroup::ectopy && c->group != ConditionGroup::rhythm)
      say_condition(text, *c);
    normal = normal || c->group == ConditionGroup::normal;
  }
  if (normal)
    say(text, german ? (shown.size() > 1 ? "sonst normales ekg" : "normales ekg")
                     : (shown.size() > 1 ? "otherwise normal ecg." : "normal ecg."));
  if (german && random.bernoulli(0.3)) say(text, "4.46 unbestätigter bericht");
  return text;
}

}  // namespace ecg_lora::synthetic
