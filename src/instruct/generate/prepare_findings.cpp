#include <array>
#include <cmath>

#include "prepare_answers.h"

namespace ecg_lora::instruct {
namespace {

constexpr const char* kNone = "none stated";

/// Where a statement is told of. Injury and ischemia are told with infarction, whatever their
/// class.
enum class Section { rhythm, conduction, hypertrophy, infarction, other };

Section section_of(const ptbxl::Statement& s) {
  if (s.rhythm) return Section::rhythm;
  if (s.diagnostic_class == "CD") return Section::conduction;
  if (s.diagnostic_class == "HYP") return Section::hypertrophy;
  if (s.diagnostic_class == "MI" || s.diagnostic_subclass.starts_with("ISC"))
    return Section::infarction;
  return Section::other;
}

std::string rhythm_line(const StatementTable& table, const Subject& subject) {
  auto text = described(
      table, subject, [](const ptbxl::Statement& s) { return section_of(s) == Section::rhythm; },
      "; ", kNone);
  if (!subject.rhythm) return text;
  text += "; " + std::to_string(std::lround(subject.rhythm->rate)) + " beats per minute";
  if (subject.rhythm->regularity != features::Regularity::unclear)
    text += std::string(", ") + features::name_of(subject.rhythm->regularity);
  return text;
}

}  // namespace

Answer findings_of(const StatementTable& table, const Subject& subject) {
  if (subject.statements.empty()) return Answer::none("no statement");
  for (const auto& [code, likelihood] : subject.statements)
    if (const auto s = table.find(code); !s || table.stated(likelihood, *s) == Evidence::unstated)
      return Answer::none(s ? "a statement whose likelihood is not stated"
                            : "a statement that is not in the table");
  constexpr std::array<std::pair<Section, const char*>, 4> sections = {
      {{Section::conduction, "Conduction"},
       {Section::hypertrophy, "Hypertrophy"},
       {Section::infarction, "Infarction or ischemia"},
       {Section::other, "Other"}}};
  std::string text = "Rhythm: " + rhythm_line(table, subject);
  for (const auto& [section, title] : sections) {
    const auto in_section = [wanted = section](const ptbxl::Statement& s) {
      return section_of(s) == wanted;
    };
    text += std::string("\n") + title + ": " + described(table, subject, in_section, "; ", kNone);
  }
  return {text, "", "", ""};
}

}  // namespace ecg_lora::instruct
