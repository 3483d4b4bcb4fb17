// The statements of the preset cohort.
#include "cohort_conditions.h"

namespace ecg_lora::synthetic {

const std::vector<ptbxl::Statement>& cohort_statements() {
  // Descriptions (with their spelling), flags, classes and order as PTB-XL 1.0.3 has them.
  static const std::vector<ptbxl::Statement> kAll = {
      {"NDT", "non-diagnostic T abnormalities", true, true, false, "STTC", "STTC"},
      {"NST_", "non-specific ST changes", true, true, false, "STTC", "NST_"},
      {"DIG", "digitalis-effect", true, true, false, "STTC", "STTC"},
      {"LNGQT", "long QT-interval", true, true, false, "STTC", "STTC"},
      {"NORM", "normal ECG", true, false, false, "NORM", "NORM"},
      {"IMI", "inferior myocardial infarction", true, false, false, "MI", "IMI"},
      {"ASMI", "anteroseptal myocardial infarction", true, false, false, "MI", "AMI"},
      {"LVH", "left ventricular hypertrophy", true, false, false, "HYP", "LVH"},
      {"LAFB", "left anterior fascicular block", true, false, false, "CD", "LAFB/LPFB"},
      {"IRBBB", "incomplete right bundle branch block", true, false, false, "CD", "IRBBB"},
      {"1AVB", "first degree AV block", true, false, false, "CD", "_AVB"},
      {"IVCD", "non-specific intraventricular conduction disturbance (block)", true, false, false,
       "CD", "IVCD"},
      {"ISCAL", "ischemic in anterolateral leads", true, false, false, "STTC", "ISCA"},
      {"CRBBB", "complete right bundle branch block", true, false, false, "CD", "CRBBB"},
      {"CLBBB", "complete left bundle branch block", true, false, false, "CD", "CLBBB"},
      {"LAO/LAE", "left atrial overload/enlargement", true, false, false, "HYP", "LAO/LAE"},
      {"AMI", "anterior myocardial infarction", true, false, false, "MI", "AMI"},
      {"ALMI", "anterolateral myocardial infarction", true, false, false, "MI", "AMI"},
      {"ISCIN", "ischemic in inferior leads", true, false, false, "STTC", "ISCI"},
      {"INJAS", "subendocardial injury in anteroseptal leads", true, false, false, "MI", "AMI"},
      {"LMI", "lateral myocardial infarction", true, false, false, "MI", "LMI"},
      {"LPFB", "left posterior fascicular block", true, false, false, "CD", "LAFB/LPFB"},
      {"RVH", "right ventricular hypertrophy", true, false, false, "HYP", "RVH"},
      {"ANEUR", "ST-T changes compatible with ventricular aneurysm", true, false, false, "STTC",
       "STTC"},
      {"RAO/RAE", "right atrial overload/enlargement", true, false, false, "HYP", "RAO/RAE"},
      {"EL", "electrolytic disturbance or drug (former EDIS)", true, false, false, "STTC", "STTC"},
      {"WPW", "Wolf-Parkinson-White syndrome", true, false, false, "CD", "WPW"},
      {"ISCAN", "ischemic in anterior leads", true, false, false, "STTC", "ISCA"},
      {"PMI", "posterior myocardial infarction", true, false, false, "MI", "PMI"},
      {"3AVB", "third degree AV block", true, false, false, "CD", "_AVB"},
      {"2AVB", "second degree AV block", true, false, false, "CD", "_AVB"},
      {"PVC", "ventricular premature complex", false, true, false, "", ""},
      {"PAC", "atrial premature complex", false, true, false, "", ""},
      {"LVOLT", "low QRS voltages in the frontal and horizontal leads", false, true, false, "", ""},
      {"SR", "sinus rhythm", false, false, true, "", ""},
      {"AFIB", "atrial fibrillation", false, false, true, "", ""},
      {"STACH", "sinus tachycardia", false, false, true, "", ""},
      {"SARRH", "sinus arrhythmia", false, false, true, "", ""},
      {"SBRAD", "sinus bradycardia", false, false, true, "", ""},
      {"PACE", "normal functioning artificial pacemaker", false, false, true, "", ""},
      {"BIGU", "bigeminal pattern (unknown origin, SV or Ventricular)", false, false, true, "", ""},
      {"AFLT", "atrial flutter", false, false, true, "", ""},
      {"SVTAC", "supraventricular tachycardia", false, false, true, "", ""},
      {"TRIGU", "trigeminal pattern (unknown origin, SV or Ventricular)", false, false, true, "",
       ""},
  };
  return kAll;
}

}  // namespace ecg_lora::synthetic
