// Answers about a whole recording: lists, rhythm, measurements, findings, report.
#pragma once

#include <string>

#include "prepare_evidence.h"

namespace ecg_lora::instruct {

/// An answer, or why there is none.
struct Answer {
  std::string text, label;
  std::string asked;   ///< what the wording's "{}" becomes
  std::string reason;  ///< empty where there is an answer

  static Answer none(std::string reason) { return {"", "", "", std::move(reason)}; }
};

/// For each kind but yes_no and choice.
Answer answer_of(Kind kind, const StatementTable& table, const Subject& subject,
                 const PrepareOptions& options);

/// Whether the label of a kind is one of few classes, which are counted and thinned.
bool has_classes(Kind kind);

/// Rhythm; conduction; hypertrophy; infarction or ischemia; other: a line each. The section of a
/// statement follows from its class in the table.
Answer findings_of(const StatementTable& table, const Subject& subject);

/// The words of the statements that `take` picks, in the order of the table, each headed by
/// "possible " where it is unlikely; `none` where there are none.
template <class F>
std::string described(const StatementTable& table, const Subject& subject, F take,
                      const std::string& separator, const std::string& none) {
  std::string text;
  for (std::size_t s = 0; s < table.size(); ++s) {
    for (const auto& [code, likelihood] : subject.statements) {
      if (code != table[s].code || !take(table[s])) continue;
      const bool unlikely = table.stated(likelihood, s) == Evidence::unlikely;
      text +=
          (text.empty() ? "" : separator) + (unlikely ? "possible " : "") + table.words(s).listed;
    }
  }
  return text.empty() ? none : text;
}

}  // namespace ecg_lora::instruct
