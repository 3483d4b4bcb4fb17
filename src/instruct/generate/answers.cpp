#include "answers.h"

#include <algorithm>
#include <cmath>

#include "ecg_lora/base/error.h"
#include "language.h"

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

/// Why lists of diagnoses cannot be complete; empty if they can.
std::string incomplete(const StatementTable& table, const SourceRecording& recording) {
  bool diagnosed = false;
  for (const auto& [code, likelihood] : recording.statements) {
    const auto s = table.find(code);
    if (!s) return "a statement that is not in the table";
    if (!table[*s].diagnostic) continue;
    if (table.stated(likelihood, *s) == Evidence::unstated)
      return "a diagnosis whose likelihood is not stated";
    diagnosed = true;
  }
  return diagnosed ? "" : "no diagnostic statement";
}

RecordingAnswer list_of(const StatementTable& table, const SourceRecording& recording) {
  if (auto why = incomplete(table, recording); !why.empty())
    return RecordingAnswer::none(std::move(why));
  const auto text =
      described(table, recording, [](const ptbxl::Statement& s) { return s.diagnostic; }, "; ", "");
  return {text, text, "", ""};
}

RecordingAnswer categories_of(const StatementTable& table, const SourceRecording& recording) {
  if (auto why = incomplete(table, recording); !why.empty())
    return RecordingAnswer::none(std::move(why));
  std::string text, label, asked;
  for (const char* name : {"NORM", "MI", "STTC", "CD", "HYP"}) {
    const auto words = table.all_words().wording().superclass(name)->words.asked;
    asked += (asked.empty() ? "" : ", ") + words;
    bool stated = false;
    for (const auto& [code, likelihood] : recording.statements) {
      const auto s = *table.find(code);
      if (!table[s].diagnostic || table[s].diagnostic_class != name) continue;
      if (table.stated(likelihood, s) == Evidence::unlikely)
        return RecordingAnswer::none("a diagnosis whose likelihood is below the minimum");
      stated = true;
    }
    if (!stated) continue;
    text += (text.empty() ? "" : "; ") + words;
    label += (label.empty() ? "" : ",") + std::string(name);
  }
  return text.empty() ? RecordingAnswer::none("no diagnostic class")
                      : RecordingAnswer{text, label, asked, ""};
}

RecordingAnswer rhythm_of(const StatementTable& table, const SourceRecording& recording) {
  const auto is_rhythm = [](const ptbxl::Statement& s) { return s.rhythm; };
  for (const auto& [code, likelihood] : recording.statements) {
    const auto s = table.find(code);
    if (!s || !table[*s].rhythm) continue;
    if (const auto evidence = table.stated(likelihood, *s); evidence != Evidence::yes)
      return RecordingAnswer::none(std::string("a rhythm statement: ") + reason_of(evidence));
  }
  const auto text = described(table, recording, is_rhythm, "; ", "");
  return text.empty() ? RecordingAnswer::none("no rhythm statement")
                      : RecordingAnswer{text, text, "", ""};
}

RecordingAnswer rate_of(const SourceRecording& recording) {
  if (!recording.rr)
    return RecordingAnswer::none("not measurable: " + grouped(recording.rr.reason()));
  const auto rate = std::to_string(std::lround(recording.rr->rate));
  return {rate + " beats per minute", rate, "", ""};
}

bool is_child(const SourceRecording& recording, const GenerationOptions& options) {
  return recording.age && *recording.age < options.adult_age;
}

RecordingAnswer rate_class_of(const SourceRecording& recording, const GenerationOptions& options) {
  if (!recording.rr)
    return RecordingAnswer::none("not measurable: " + grouped(recording.rr.reason()));
  if (is_child(recording, options))
    return RecordingAnswer::none("younger than the limits hold for");
  const double rate = recording.rr->rate, margin = options.rate_margin;
  if (std::abs(rate - 60) < margin || std::abs(rate - 100) < margin)
    return RecordingAnswer::none("too close to a limit");
  if (rate < 60) return {"slow, below 60 beats per minute", "slow", "", ""};
  if (rate > 100) return {"fast, above 100 beats per minute", "fast", "", ""};
  return {"normal, from 60 to 100 beats per minute", "normal", "", ""};
}

RecordingAnswer regularity_of(const SourceRecording& recording) {
  if (!recording.rr)
    return RecordingAnswer::none("not measurable: " + grouped(recording.rr.reason()));
  if (recording.rr->regularity == features::Regularity::unclear)
    return RecordingAnswer::none("neither clearly regular nor clearly irregular");
  const std::string name = features::name_of(recording.rr->regularity);
  return {name, name, "", ""};
}

RecordingAnswer axis_of(const SourceRecording& recording, const GenerationOptions& options) {
  if (!recording.axis)
    return RecordingAnswer::none("not measurable: " + grouped(recording.axis.reason()));
  if (is_child(recording, options))
    return RecordingAnswer::none("younger than the limits hold for");
  if (recording.axis->margin() < options.axis_margin)
    return RecordingAnswer::none("too close to a limit");
  const std::string name = features::name_of(recording.axis->axis_class());
  return {name == "normal" ? "normal axis" : name + " axis deviation", name, "", ""};
}

RecordingAnswer report_of(const SourceRecording& recording) {
  const auto text = trimmed(recording.report);
  if (text.empty()) return RecordingAnswer::none("no report");
  if (text == "trace only requested.")
    return RecordingAnswer::none("the report says only that a trace was requested");
  const auto language = language_of(text);
  return {text, language, language == "unknown" ? "" : " in " + language, ""};
}

}  // namespace

bool has_classes(QuestionKind kind) {
  switch (kind) {
    case QuestionKind::list:
    case QuestionKind::categories:
    case QuestionKind::rhythm:
    case QuestionKind::rate_class:
    case QuestionKind::regularity:
    case QuestionKind::axis:
      return true;
    default:
      return false;
  }
}

RecordingAnswer answer_of(QuestionKind kind, const StatementTable& table,
                          const SourceRecording& recording, const GenerationOptions& options) {
  switch (kind) {
    case QuestionKind::list:
      return list_of(table, recording);
    case QuestionKind::categories:
      return categories_of(table, recording);
    case QuestionKind::rhythm:
      return rhythm_of(table, recording);
    case QuestionKind::rate:
      return rate_of(recording);
    case QuestionKind::rate_class:
      return rate_class_of(recording, options);
    case QuestionKind::regularity:
      return regularity_of(recording);
    case QuestionKind::axis:
      return axis_of(recording, options);
    case QuestionKind::findings:
      return findings_of(table, recording);
    case QuestionKind::report:
      return report_of(recording);
    default:
      throw_usage(name_of(kind), " is about a statement, not about a whole recording");
  }
}

}  // namespace ecg_lora::instruct
