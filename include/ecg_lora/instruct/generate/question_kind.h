// What a recording is asked.
#pragma once

#include <array>
#include <cstddef>
#include <string>

namespace ecg_lora::instruct {

/// What is asked, in the order of the samples of a recording. docs/users/prepare.md has an example
/// of each.
enum class QuestionKind {
  yes_no,      ///< whether a statement holds
  choice,      ///< which of several statements holds
  list,        ///< all diagnostic statements
  categories,  ///< which of the five diagnostic classes
  rhythm,      ///< rhythm statements
  rate,        ///< beats per minute, measured
  rate_class,  ///< slow, normal or fast, measured
  regularity,  ///< regular or irregular, measured
  axis,        ///< class of the frontal QRS axis, measured
  findings,    ///< all statements by section, with the measured rate
  report       ///< the report in free words
};

inline constexpr std::size_t kQuestionKinds = 11;

/// In the order of the enumeration.
const std::array<QuestionKind, kQuestionKinds>& all_question_kinds();
/// "rate_class".
const char* name_of(QuestionKind kind);
/// Usage error with the nearest kind if `name` is none.
QuestionKind parse_question_kind(const std::string& name);
/// Whether answers need measurements on the trace.
bool is_measured(QuestionKind kind);

}  // namespace ecg_lora::instruct
