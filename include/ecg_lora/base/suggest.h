// "Did you mean": the known word nearest to a mistyped one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ecg_lora {

/// Levenshtein distance, bytes inserted, deleted or replaced.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The element of `known` with the smallest edit distance to `word` (the first of equals); empty
/// if `known` is.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace ecg_lora
