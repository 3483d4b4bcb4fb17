// What a WFDB header says apart from its signals.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ecg_lora::collections {

struct HeaderFacts {
  std::optional<float> age;            ///< years; "#Age: 59"
  std::optional<int> sex;              ///< 0 male, 1 female; "#Sex: Female"
  std::vector<std::string> diagnoses;  ///< SNOMED codes; "#Dx: 164889003,426783006"
  bool has_diagnoses = false;          ///< a Dx comment is there, be it empty
  std::string recorded;                ///< base date and time of the record line; empty: not stated
  std::vector<std::string> segments;   ///< records that this one is put together from
  std::string problem;  ///< a comment that looks like one of these and is not; empty: none
};

/// Parses the text of a header; `origin` names it in errors. Throws a data error if it has no
/// record line.
HeaderFacts parse_header_facts(std::string_view text, const std::string& origin);

HeaderFacts read_header_facts(const std::filesystem::path& path);

}  // namespace ecg_lora::collections
