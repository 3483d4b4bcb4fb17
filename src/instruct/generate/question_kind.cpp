#include "ecg_lora/instruct/generate/question_kind.h"

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/join.h"
#include "ecg_lora/base/suggest.h"

namespace ecg_lora::instruct {
namespace {

constexpr std::array<const char*, kQuestionKinds> kNames = {
    "yes_no",     "choice",     "list", "categories", "rhythm", "rate",
    "rate_class", "regularity", "axis", "findings",   "report"};

}  // namespace

const std::array<QuestionKind, kQuestionKinds>& all_question_kinds() {
  static const std::array<QuestionKind, kQuestionKinds> kAll = {
      QuestionKind::yes_no,     QuestionKind::choice,     QuestionKind::list,
      QuestionKind::categories, QuestionKind::rhythm,     QuestionKind::rate,
      QuestionKind::rate_class, QuestionKind::regularity, QuestionKind::axis,
      QuestionKind::findings,   QuestionKind::report};
  return kAll;
}

const char* name_of(QuestionKind kind) {
  return kNames[static_cast<std::size_t>(kind)];
}

QuestionKind parse_question_kind(const std::string& name) {
  for (const QuestionKind kind : all_question_kinds())
    if (name == name_of(kind)) return kind;
  throw_usage("kind '", name, "': expected one of ", joined(kNames), "; the nearest is '",
              nearest(name, {kNames.begin(), kNames.end()}), "'");
}

bool is_measured(QuestionKind kind) {
  return kind == QuestionKind::rate || kind == QuestionKind::rate_class ||
         kind == QuestionKind::regularity || kind == QuestionKind::axis ||
         kind == QuestionKind::findings;
}

}  // namespace ecg_lora::instruct
