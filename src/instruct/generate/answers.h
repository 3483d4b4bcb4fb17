// Answers about a whole recording: lists, rhythm, measurements, findings, report.
#pragma once

#include <string>

#include "ecg_lora/instruct/generate/question_kind.h"
#include "evidence.h"

namespace ecg_lora::instruct {

/// An answer, or why there is none.
struct RecordingAnswer {
  std::string text, label;
  std::string asked;   ///< what the wording's "{}" becomes
  std::string reason;  ///< empty if there is an answer

  static RecordingAnswer none(std::string reason) { return {"", "", "", std::move(reason)}; }
};

/// For each kind but yes_no and choice.
RecordingAnswer answer_of(QuestionKind kind, const StatementTable& table,
                          const SourceRecording& recording, const GenerationOptions& options);

/// Whether the label of a kind is one of few classes, which are counted and thinned.
bool has_classes(QuestionKind kind);

/// Rhythm; conduction; hypertrophy; infarction or ischemia; other: a line each. The section of a
/// statement follows from its class in the table.
RecordingAnswer findings_of(const StatementTable& table, const SourceRecording& recording);

/// The words of the statements that `take` picks, in the order of the table, each headed by
/// "possible " if it is unlikely; `none` if there are none.
template <class F>
std::string described(const StatementTable& table, const SourceRecording& recording, F take,
                      const std::string& separator, const std::string& none) {
  std::string text;
  for (std::size_t s = 0; s < table.size(); ++s) {
    for (const auto& [code, likelihood] : recording.statements) {
      if (code != table[s].code || !take(table[s])) continue;
      const bool unlikely = table.stated(likelihood, s) == Evidence::unlikely;
      text +=
          (text.empty() ? "" : separator) + (unlikely ? "possible " : "") + table.words(s).listed;
    }
  }
  return text.empty() ? none : text;
}

}  // namespace ecg_lora::instruct
