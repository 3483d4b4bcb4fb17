// Splits by hash, for data sets that come without.
#pragma once

#include <cstdint>
#include <string_view>

namespace ecg_lora::sources {

/// Fold 1 … 10 of a patient (or of a record whose patient is unknown), each with a tenth of the
/// keys: the first 8 bytes of SHA-256("<seed>:<key>") as a big-endian number, modulo 10, plus 1. By
/// convention folds 1 to 8 are for training, 9 for validation, 10 for testing. In Python:
/// int(hashlib.sha256(f"{seed}:{key}".encode()).hexdigest()[:16], 16) % 10 + 1
int fold_of(std::uint64_t seed, std::string_view key);

}  // namespace ecg_lora::sources
