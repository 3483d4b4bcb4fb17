// Splits by hash, for data sets that come without, and folds as users name them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ecg_lora::collections {

/// Fold 1 … 10 of a patient (or of a record whose patient is unknown), each with a tenth of the
/// keys: the first 8 bytes of SHA-256("<seed>:<key>") as a big-endian number, modulo 10, plus 1. By
/// convention folds 1 to 8 are for training, 9 for validation, 10 for testing. In Python:
/// int(hashlib.sha256(f"{seed}:{key}".encode()).hexdigest()[:16], 16) % 10 + 1
int fold_of(std::uint64_t seed, std::string_view key);

/// Folds from 1 to 10 of spans such as "1-8" and "9", with `separator` between them. Usage error
/// that begins with `expected` and says what it got in place of a fold.
std::vector<int> parse_folds(const std::string& text, char separator, const std::string& expected);

/// "1-8, 10"; "none" for no fold.
std::string fold_text(const std::vector<int>& folds);

}  // namespace ecg_lora::collections
