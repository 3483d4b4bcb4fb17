#include "prepare_answers.h"

#include <algorithm>
#include <cmath>

#include "ecg_lora/base/error.h"

namespace ecg_lora::instruct {
namespace {

/// A measurement's reason without its figures, so that equal reasons are counted together.
std::string grouped(const std::string& reason) {
  return reason.substr(0, reason.find(" ("));
}

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first == std::string::npos
             ? ""
             : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

/// Why lists of diagnoses cannot be complete; empty where they can.
std::string incomplete(const StatementTable& table, const Subject& subject) {
  bool diagnosed = false;
  for (const auto& [code, likelihood] : subject.statements) {
    const auto s = table.find(code);
    if (!s) return "a statement that is not in the table";
    if (!table[*s].diagnostic) continue;
    if (table.stated(likelihood, *s) == Evidence::unstated)
      return "a diagnosis whose likelihood is not stated";
    diagnosed = true;
  }
  return diagnosed ? "" : "no diagnostic statement";
}

Answer list_of(const StatementTable& table, const Subject& subject) {
  if (auto why = incomplete(table, subject); !why.empty()) return Answer::none(std::move(why));
  const auto text =
      described(table, subject, [](const ptbxl::Statement& s) { return s.diagnostic; }, "; ", "");
  return {text, text, "", ""};
}

Answer categories_of(const StatementTable& table, const Subject& subject) {
  if (auto why = incomplete(table, subject); !why.empty()) return Answer::none(std::move(why));
  std::string text, label, asked;
  for (const char* name : {"NORM", "MI", "STTC", "CD", "HYP"}) {
    const auto words = table.all_words().wording().superclass(name)->words.asked;
    asked += (asked.empty() ? "" : ", ") + words;
    bool stated = false;
    for (const auto& [code, likelihood] : subject.statements) {
      const auto s = *table.find(code);
      if (!table[s].diagnostic || table[s].diagnostic_class != name) continue;
      if (table.stated(likelihood, s) == Evidence::unlikely)
        return Answer::none("a diagnosis whose likelihood is below the minimum");
      stated = true;
    }
    if (!stated) continue;
    text += (text.empty() ? "" : "; ") + words;
    label += (label.empty() ? "" : ",") + std::string(name);
  }
  return text.empty() ? Answer::none("no diagnostic class") : Answer{text, label, asked, ""};
}

Answer rhythm_of(const StatementTable& table, const Subject& subject) {
  const auto is_rhythm = [](const ptbxl::Statement& s) { return s.rhythm; };
  for (const auto& [code, likelihood] : subject.statements) {
    const auto s = table.find(code);
    if (!s || !table[*s].rhythm) continue;
    if (const auto evidence = table.stated(likelihood, *s); evidence != Evidence::yes)
      return Answer::none(std::string("a rhythm statement: ") + reason_of(evidence));
  }
  const auto text = described(table, subject, is_rhythm, "; ", "");
  return text.empty() ? Answer::none("no rhythm statement") : Answer{text, text, "", ""};
}

Answer rate_of(const Subject& subject) {
  if (!subject.rhythm) return Answer::none("not measurable: " + grouped(subject.rhythm.reason()));
  const auto rate = std::to_string(std::lround(subject.rhythm->rate));
  return {rate + " beats per minute", rate, "", ""};
}

bool is_child(const Subject& subject, const PrepareOptions& options) {
  return subject.age && *subject.age < options.adult_age;
}

Answer rate_class_of(const Subject& subject, const PrepareOptions& options) {
  if (!subject.rhythm) return Answer::none("not measurable: " + grouped(subject.rhythm.reason()));
  if (is_child(subject, options)) return Answer::none("younger than the limits hold for");
  const double rate = subject.rhythm->rate, margin = options.rate_margin;
  if (std::abs(rate - 60) < margin || std::abs(rate - 100) < margin)
    return Answer::none("too close to a limit");
  if (rate < 60) return {"slow, below 60 beats per minute", "slow", "", ""};
  if (rate > 100) return {"fast, above 100 beats per minute", "fast", "", ""};
  return {"normal, from 60 to 100 beats per minute", "normal", "", ""};
}

Answer regularity_of(const Subject& subject) {
  if (!subject.rhythm) return Answer::none("not measurable: " + grouped(subject.rhythm.reason()));
  if (subject.rhythm->regularity == features::Regularity::unclear)
    return Answer::none("neither clearly regular nor clearly irregular");
  const std::string name = features::name_of(subject.rhythm->regularity);
  return {name, name, "", ""};
}

Answer axis_of(const Subject& subject, const PrepareOptions& options) {
  if (!subject.axis) return Answer::none("not measurable: " + grouped(subject.axis.reason()));
  if (is_child(subject, options)) return Answer::none("younger than the limits hold for");
  if (subject.axis->margin() < options.axis_margin) return Answer::none("too close to a limit");
  const std::string name = features::name_of(subject.axis->axis_class());
  return {name == "normal" ? "normal axis" : name + " axis deviation", name, "", ""};
}

Answer report_of(const Subject& subject) {
  const auto text = trimmed(subject.report);
  if (text.empty()) return Answer::none("no report");
  if (text == "trace only requested.")
    return Answer::none("the report says only that a trace was requested");
  const auto language = language_of(text);
  return {text, language, language == "unknown" ? "" : " in " + language, ""};
}

}  // namespace

bool has_classes(Kind kind) {
  switch (kind) {
    case Kind::list:
    case Kind::categories:
    case Kind::rhythm:
    case Kind::rate_class:
    case Kind::regularity:
    case Kind::axis:
      return true;
    default:
      return false;
  }
}

Answer answer_of(Kind kind, const StatementTable& table, const Subject& subject,
                 const PrepareOptions& options) {
  switch (kind) {
    case Kind::list:
      return list_of(table, subject);
    case Kind::categories:
      return categories_of(table, subject);
    case Kind::rhythm:
      return rhythm_of(table, subject);
    case Kind::rate:
      return rate_of(subject);
    case Kind::rate_class:
      return rate_class_of(subject, options);
    case Kind::regularity:
      return regularity_of(subject);
    case Kind::axis:
      return axis_of(subject, options);
    case Kind::findings:
      return findings_of(table, subject);
    case Kind::report:
      return report_of(subject);
    default:
      throw_usage(name_of(kind), " is about a statement, not about a whole recording");
  }
}

}  // namespace ecg_lora::instruct
