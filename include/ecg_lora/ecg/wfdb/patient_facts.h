// What is known of a recording's patient and time, from its header or from a table.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ecg_lora/ecg/wfdb/record.h"

namespace ecg_lora::wfdb {

/// Who was recorded, and when. What is not known is empty.
struct PatientFacts {
  std::string id;             ///< of the patient
  std::optional<double> age;  ///< years; 300 stands for above 89, as PTB-XL has it
  std::optional<int> sex;     ///< 0 male, 1 female
  std::string recorded;       ///< "1984-11-09 09:17:34"; a date or a time alone if that is all

  bool empty() const { return id.empty() && !age && !sex && recorded.empty(); }
};

/// Reads age, sex and subject_id of a comment, in any case of letters, one or several in a line:
/// "Age: 51", "<age>: 51", "Age: 51  Sex: M", "<subject_id>: 10000032". Ages may be "> 89", "90+",
/// "8 months" or "051Y"; "NaN", "Unknown" and the like are none. Returns what is wrong with a value
/// that is none of these: "expected an age in years, got 'old'"; otherwise an empty text.
std::string read_comment(std::string_view comment, PatientFacts& facts);

/// Whether `word`, in lower case, stands for no value: "", nan, unknown, n/a, none, ?, -.
bool is_unknown(std::string_view word);

/// Date and time as PTB-XL writes them; empty if the clock has neither.
std::string recorded_at(const Clock& clock);

/// Reads the fields behind the count of samples in a record line: base time and date. Throws a data
/// error with `where`.
Clock read_clock(std::string_view fields, const std::string& where);

/// What the comments and the clock of a record's header say.
PatientFacts facts_of(const Record& record);

/// `first`, completed by what only `second` has.
PatientFacts complete(PatientFacts first, const PatientFacts& second);

}  // namespace ecg_lora::wfdb
