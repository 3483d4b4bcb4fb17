#include <array>
#include <cmath>

#include "answers.h"

namespace ecg_lora::instruct {
namespace {

constexpr const char* kNone = "none stated";

/// Which section names a statement. Injury and ischemia are named with infarction, whatever their
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

std::string rhythm_line(const StatementTable& table, const SourceRecording& recording) {
  auto text = described(
      table, recording, [](const ptbxl::Statement& s) { return section_of(s) == Section::rhythm; },
      "; ", kNone);
  if (!recording.rr) return text;
  text += "; " + std::to_string(std::lround(recording.rr->rate)) + " beats per minute";
  if (recording.rr->regularity != features::Regularity::unclear)
    text += std::string(", ") + features::name_of(recording.rr->regularity);
  return text;
}

}  // namespace

RecordingAnswer findings_of(const StatementTable& table, const SourceRecording& recording) {
  if (recording.statements.empty()) return RecordingAnswer::none("no statement");
  for (const auto& [code, likelihood] : recording.statements)
    if (const auto s = table.find(code); !s || table.stated(likelihood, *s) == Evidence::unstated)
      return RecordingAnswer::none(s ? "a statement whose likelihood is not stated"
                                     : "a statement that is not in the table");
  constexpr std::array<std::pair<Section, const char*>, 4> sections = {
      {{Section::conduction, "Conduction"},
       {Section::hypertrophy, "Hypertrophy"},
       {Section::infarction, "Infarction or ischemia"},
       {Section::other, "Other"}}};
  std::string text = "Rhythm: " + rhythm_line(table, recording);
  for (const auto& [section, title] : sections) {
    const auto in_section = [wanted = section](const ptbxl::Statement& s) {
      return section_of(s) == wanted;
    };
    text += std::string("\n") + title + ": " + described(table, recording, in_section, "; ", kNone);
  }
  return {text, "", "", ""};
}

}  // namespace ecg_lora::instruct
