#include "corpus.h"

#include "ecg_lora/synthetic/cohort/dataset.h"

namespace ecg_lora::tiny {
namespace {

const char* const kFindings[] = {"a normal ECG",
                                 "myocardial infarction",
                                 "inferior myocardial infarction",
                                 "anterior myocardial infarction",
                                 "anteroseptal myocardial infarction",
                                 "lateral myocardial infarction",
                                 "posterior myocardial infarction",
                                 "ST or T wave changes",
                                 "non-specific ST changes",
                                 "non-diagnostic T abnormalities",
                                 "non-specific ischemic",
                                 "ischemic in anterior leads",
                                 "ischemic in inferior leads",
                                 "subendocardial injury",
                                 "a conduction disturbance",
                                 "complete left bundle branch block",
                                 "complete right bundle branch block",
                                 "incomplete right bundle branch block",
                                 "left anterior fascicular block",
                                 "first degree AV block",
                                 "second degree AV block",
                                 "third degree AV block",
                                 "non-specific intraventricular conduction disturbance",
                                 "Wolff-Parkinson-White syndrome",
                                 "hypertrophy",
                                 "left ventricular hypertrophy",
                                 "right ventricular hypertrophy",
                                 "septal hypertrophy",
                                 "left atrial overload or enlargement",
                                 "right atrial overload or enlargement",
                                 "atrial fibrillation",
                                 "atrial flutter",
                                 "sinus rhythm",
                                 "sinus tachycardia",
                                 "sinus bradycardia",
                                 "sinus arrhythmia",
                                 "supraventricular tachycardia",
                                 "ventricular premature complex",
                                 "atrial premature complex",
                                 "bigeminal pattern",
                                 "normal functioning artificial pacemaker",
                                 "abnormal QRS",
                                 "long QT interval",
                                 "low QRS voltages",
                                 "high QRS voltage",
                                 "inverted T waves",
                                 "Q waves present",
                                 "digitalis effect",
                                 "electrolytic disturbance",
                                 "a heart rate above 100 per minute",
                                 "a heart rate below 60 per minute",
                                 "an irregular rhythm",
                                 "P waves before each beat",
                                 "a long distance from P to QRS",
                                 "a wide QRS",
                                 "a tall R in lead V5",
                                 "a deep S in lead V2",
                                 "a raised segment in leads II and III",
                                 "a lowered segment in lead V5",
                                 "a premature wide beat",
                                 "a jagged baseline",
                                 "a negative deflection in lead aVF",
                                 "a late second positive deflection in V1"};

const char* const kWords[] = {"sinusrhythmus normales ekg",
                              "sinusbradykardie sonst normales ekg",
                              "vorhofflimmern",
                              "linksschenkelblock",
                              "rechtsschenkelblock",
                              "periphere niederspannung",
                              "linkstyp rechtstyp steiltyp indifferenttyp",
                              "unspezifische st-t veraenderungen",
                              "sinusrytm normalt ekg",
                              "atrioventrikulaert block",
                              "ventrikulaere extrasystolen",
                              "The rhythm is sinus rhythm.",
                              "What is the heart rate?",
                              "Describe this ECG.",
                              "Which diagnosis fits best?",
                              "beats per minute",
                              "lead I II III aVR aVL aVF V1 V2 V3 V4 V5 V6",
                              "system user assistant",
                              "Cutting Knowledge Date: December 2023",
                              "Today Date: 26 Jul 2024",
                              "0123456789",
                              "the quick brown fox jumps over the lazy dog",
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                              "abcdefghijklmnopqrstuvwxyz",
                              ".,;:!?()[]{}+-*/=%\"'"};

}  // namespace

std::vector<std::string> question_corpus() {
  std::vector<std::string> corpus;
  const auto add = [&](const std::string& finding) {
    corpus.push_back("Does this ECG show " + finding + "?");
    corpus.push_back("Is there " + finding + " in this recording?");
    corpus.push_back("The ECG shows " + finding + ": ");
  };
  for (const char* finding : kFindings) add(finding);
  for (const auto preset : {synthetic::Preset::findings, synthetic::Preset::conditions})
    for (const auto& statement : synthetic::statements(preset)) add(statement.description);
  for (const char* word : kWords) corpus.emplace_back(word);
  return corpus;
}

}  // namespace ecg_lora::tiny
