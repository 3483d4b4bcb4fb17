#include "ecg_lora/score/answers.h"

namespace ecg_lora::score {

const Labeller& ecg_labeller() {
  static const Labeller labeller({
      {"NORM", {"normal ecg", "normal ekg", "normal electrocardiogram", "within normal limits", "normales ekg", "unremarkable ecg", "unauffälliges ekg"}},
      {"SR", {"sinus rhythm", "sinusrhythmus", "sinusrhythm", "sinusrytm"}},
      {"SBRAD", {"sinus bradycardia", "sinusbradykardie", "sinus bradykardie"}},
      {"STACH", {"sinus tachycardia", "sinustachykardie", "sinus tachykardie"}},
      {"SARRH", {"sinus arrhythmia", "sinusarrhythmie"}},
      {"AFIB", {"atrial fibrillation", "afib", "vorhofflimmern"}},
      {"AFLT", {"atrial flutter", "vorhofflattern"}},
      {"SVTAC", {"supraventricular tachycardia", "svt", "supraventrikuläre tachykardie"}},
      {"PAC", {"premature atrial complex", "premature atrial complexes", "atrial premature complex", "atrial premature complexes", "premature atrial contraction", "premature atrial contractions",
               "supraventricular extrasystole", "supraventricular extrasystoles", "supraventrikuläre extrasystole", "supraventrikuläre extrasystolen", "pac", "pacs"}},
      {"PVC", {"premature ventricular complex", "premature ventricular complexes", "ventricular premature complex", "ventricular premature complexes", "premature ventricular contraction",
               "premature ventricular contractions", "ventricular extrasystole", "ventricular extrasystoles", "ventrikuläre extrasystole", "ventrikuläre extrasystolen", "pvc", "pvcs"}},
      {"1AVB", {"first degree av block", "first degree atrioventricular block", "1st degree av block", "av block i", "av block 1", "av block 1 grades", "av block i grades"}},
      {"2AVB", {"second degree av block", "second degree atrioventricular block", "2nd degree av block", "av block ii", "av block 2"}},
      {"3AVB", {"third degree av block", "third degree atrioventricular block", "3rd degree av block", "complete av block", "complete heart block", "av block iii", "av block 3"}},
      {"LBBB", {"left bundle branch block", "lbbb", "linksschenkelblock"}},
      {"ILBBB", {"incomplete left bundle branch block", "inkompletter linksschenkelblock"}},
      {"RBBB", {"right bundle branch block", "rbbb", "rechtsschenkelblock"}},
      {"IRBBB", {"incomplete right bundle branch block", "inkompletter rechtsschenkelblock"}},
      {"LAFB", {"left anterior fascicular block", "left anterior hemiblock", "lafb", "linksanteriorer hemiblock", "linksanteriorer faszikelblock"}},
      {"LPFB", {"left posterior fascicular block", "left posterior hemiblock", "lpfb"}},
      {"LVH", {"left ventricular hypertrophy", "lvh", "linksventrikuläre hypertrophie", "linkshypertrophie"}},
      {"RVH", {"right ventricular hypertrophy", "rvh", "rechtsventrikuläre hypertrophie", "rechtshypertrophie"}},
      {"LAE", {"left atrial enlargement", "left atrial overload", "lae"}},
      {"RAE", {"right atrial enlargement", "right atrial overload", "rae"}},
      {"MI", {"myocardial infarction", "infarction", "infarct", "infarkt", "myokardinfarkt", "herzinfarkt", "stemi", "nstemi"}},
      {"ISC_", {"ischemia", "ischaemia", "ischemic changes", "ischaemic changes", "ischämie", "myokardischämie"}},
      {"STE_", {"st elevation", "st segment elevation", "st hebung", "st hebungen"}},
      {"STD_", {"st depression", "st segment depression", "st senkung", "st senkungen"}},
      {"INVT", {"t wave inversion", "t wave inversions", "inverted t waves", "t negativierung", "t negativierungen"}},
      {"QWAVE", {"q wave", "q waves", "pathological q waves", "q zacken"}},
      {"LAD", {"left axis deviation", "linkstyp", "überdrehter linkstyp"}},
      {"RAD", {"right axis deviation", "rechtstyp"}},
      {"LVOLT", {"low voltage", "low qrs voltage", "niedervoltage", "periphere niederspannung", "niederspannung"}},
      {"LNGQT", {"long qt", "prolonged qt", "qt prolongation", "prolonged qtc", "verlängerte qt zeit"}},
      {"WPW", {"wolff parkinson white", "wpw", "preexcitation", "pre excitation"}},
      {"PACE", {"pacemaker", "paced rhythm", "ventricular pacing", "schrittmacher"}},
  });
  return labeller;
}

}  // namespace ecg_lora::score
