// The real recordings, where this machine has them.
#pragma once

#include <cstdlib>
#include <filesystem>

namespace ecg_lora::testing {

/// $ECG_LORA_SHARED_DATA, else ../shared/data beside the repository. It need not exist.
inline std::filesystem::path shared_data() {
  const char* set = std::getenv("ECG_LORA_SHARED_DATA");
  return set != nullptr ? set : "../shared/data";
}

}  // namespace ecg_lora::testing

/// Skips the test, by the name of the folder it needs.
#define ECG_LORA_NEEDS_SHARED(folder)                                                   \
  if (!std::filesystem::is_directory(ecg_lora::testing::shared_data() / (folder))) {    \
    GTEST_SKIP() << "needs " << (ecg_lora::testing::shared_data() / (folder)).string(); \
  }
