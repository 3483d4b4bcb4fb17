// The tables of answers with their meaning: tests/metrics/answers/*.tsv.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ecg_lora::metrics {

/// One line: an answer, what kind of question it answers ("report": none, statements of a report),
/// the options, what it means (the options or statements with ", " between them, empty: none of
/// them; "unparsed": it cannot be told), and its language.
struct KnownAnswer {
  std::string language, kind, meaning, answer;
  std::vector<std::string> options;
  int line = 0;
};
std::vector<KnownAnswer> read_known_answers(const std::filesystem::path& file);

/// What the reader makes of it, worded as a meaning.
std::string reading_of(const KnownAnswer& known);

}  // namespace ecg_lora::metrics
