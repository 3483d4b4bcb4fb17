// The SNOMED CT codes of the PhysioNet/CinC Challenge 2021, and what they state in PTB-XL's terms.
#pragma once

#include <string_view>
#include <vector>

namespace ecg_lora::collections {

struct SnomedTerm {
  std::string_view code, abbreviation, name;
  bool scored = false;  ///< one of the Challenge's 30 scored diagnoses
  /// What a record with the code has: an SCP statement, one of several ("NORM|SR"), or one of a
  /// class or subclass ("MI"). Empty if none is clear.
  std::string_view scp;
};

/// All terms, the scored ones first, each group by name.
const std::vector<SnomedTerm>& snomed_terms();

/// nullptr if the Challenge does not have `code`.
const SnomedTerm* snomed_term(std::string_view code);

}  // namespace ecg_lora::collections
