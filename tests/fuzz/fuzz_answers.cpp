// Any text as an answer to each kind of question: read as some of the options, or as nothing.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "ecg_lora/metrics/answers/answers.h"
#include "ecg_lora/metrics/tasks/task_answers.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ecg_lora::metrics;
  TaskAnswer answer;
  answer.answer = std::string(reinterpret_cast<const char*>(data), size);
  for (const auto kind : {AnswerKind::labels, AnswerKind::choice, AnswerKind::yes_no}) {
    answer.kind = kind;
    answer.options = kind == AnswerKind::yes_no
                         ? std::vector<std::string>{"yes", "no"}
                         : std::vector<std::string>{"NORM", "MI", "STTC", "CD"};
    const auto places = parse_answer(answer);
    if (!places) continue;
    if (!std::is_sorted(places->begin(), places->end()) ||
        (!places->empty() && places->back() >= answer.options.size()))
      std::abort();
    if (kind != AnswerKind::labels && places->size() != 1) std::abort();
  }
  const auto& labeller = ecg_labeller();
  const auto affirmed = labeller.affirmed(*answer.answer),
             mentioned = labeller.mentioned(*answer.answer);
  if (!std::includes(mentioned.begin(), mentioned.end(), affirmed.begin(), affirmed.end()))
    std::abort();
  return 0;
}
