#include "question_wordings.h"

#include <map>

namespace ecg_lora::instruct {

const std::vector<std::string>& question_wordings(QuestionKind kind,
                                                  const ptbxl::Wording& wording) {
  if (kind == QuestionKind::yes_no) return wording.questions();
  static const std::map<QuestionKind, std::vector<std::string>> kAll = {
      {QuestionKind::choice,
       {"Which of these does this ECG show?\n{}",
        "One of the following applies to this ECG. Which one?\n{}",
        "Choose the finding that is present in this recording.\n{}",
        "Which statement fits this ECG?\n{}"}},
      {QuestionKind::list,
       {"Which diagnoses does this ECG support?", "List the diagnostic statements for this ECG.",
        "What are the diagnoses on this recording?",
        "Name every diagnosis that this 12-lead ECG shows."}},
      {QuestionKind::categories,
       {"Which of these categories apply to this ECG: {}?",
        "Classify this ECG by these categories, one or several: {}.",
        "Which does this recording show: {}?"}},
      {QuestionKind::rhythm,
       {"What is the rhythm of this ECG?", "Name the rhythm.",
        "Which rhythm does this recording show?", "Describe the heart rhythm on this ECG."}},
      {QuestionKind::rate,
       {"What is the heart rate?", "How fast does the heart beat on this ECG?",
        "Estimate the ventricular rate in beats per minute.",
        "Give the heart rate of this recording."}},
      {QuestionKind::rate_class,
       {"Is the heart rate below 60, from 60 to 100, or above 100 beats per minute?",
        "Is the ventricular rate slow (below 60), normal (60 to 100) or fast (above 100)?",
        "Classify the heart rate of this ECG as slow, normal or fast."}},
      {QuestionKind::regularity,
       {"Is the rhythm regular or irregular?", "Are the RR intervals regular?",
        "Do the ventricles beat regularly on this ECG?"}},
      {QuestionKind::axis,
       {"What is the frontal QRS axis?", "Describe the electrical axis of this ECG.",
        "Is the axis normal, or deviated to the left, to the right or to the extreme?"}},
      {QuestionKind::findings,
       {"Describe the findings of this ECG by section: rhythm, conduction, hypertrophy, infarction "
        "or ischemia, other.",
        "Read this ECG. Answer in five lines: rhythm, conduction, hypertrophy, infarction or "
        "ischemia, other.",
        "Give a structured reading of this 12-lead ECG: rhythm, conduction, hypertrophy, "
        "infarction or ischemia, other."}},
      {QuestionKind::report,
       {"Write the report of this ECG{}.", "Report this ECG{}.",
        "How would you report this 12-lead ECG{}?"}},
  };
  return kAll.at(kind);
}

}  // namespace ecg_lora::instruct
