// The statements of the preset conditions.
#include "ecg_lora/synthetic/conditions/conditions.h"

namespace ecg_lora::synthetic {

const std::vector<ptbxl::Statement>& condition_statements() {
  // Descriptions, flags and classes as PTB-XL 1.0.3 has them.
  static const std::vector<ptbxl::Statement> kAll = {
      {"NORM", "normal ECG", true, false, false, "NORM", "NORM"},
      {"IMI", "inferior myocardial infarction", true, false, false, "MI", "IMI"},
      {"LVH", "left ventricular hypertrophy", true, false, false, "HYP", "LVH"},
      {"AMI", "anterior myocardial infarction", true, false, false, "MI", "AMI"},
      {"1AVB", "first degree AV block", true, false, false, "CD", "_AVB"},
      {"CRBBB", "complete right bundle branch block", true, false, false, "CD", "CRBBB"},
      {"CLBBB", "complete left bundle branch block", true, false, false, "CD", "CLBBB"},
      {"ISCAN", "ischemic in anterior leads", true, false, false, "STTC", "ISCA"},
      {"PVC", "ventricular premature complex", false, true, false, "", ""},
      {"SR", "sinus rhythm", false, false, true, "", ""},
      {"AFIB", "atrial fibrillation", false, false, true, "", ""},
      {"STACH", "sinus tachycardia", false, false, true, "", ""},
      {"SBRAD", "sinus bradycardia", false, false, true, "", ""},
  };
  return kAll;
}

}  // namespace ecg_lora::synthetic
