#include "ecg_lora/sources/folds.h"

#include <string>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/hash.h"

namespace ecg_lora::sources {

int fold_of(std::uint64_t seed, std::string_view key) {
  const std::string digest = sha256(cat(seed, ':', key));
  return static_cast<int>(std::stoull(digest.substr(0, 16), nullptr, 16) % 10) + 1;
}

}  // namespace ecg_lora::sources
