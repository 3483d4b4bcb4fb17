// The SNOMED CT codes of the PhysioNet/CinC Challenge 2021, with PTB-XL's SCP statement where one means the
// same.
#pragma once

#include <string_view>
#include <vector>

namespace ecg_lora::sources {

struct SnomedTerm {
  std::string_view code, abbreviation, name;
  bool scored = false;   ///< one of the Challenge's 30 scored diagnoses
  std::string_view scp;  ///< SCP code with the same meaning; empty where none is clear
};

/// All terms, the scored ones first, each group by name.
const std::vector<SnomedTerm>& snomed_terms();

/// nullptr where the Challenge does not have `code`.
const SnomedTerm* snomed_term(std::string_view code);

}  // namespace ecg_lora::sources
