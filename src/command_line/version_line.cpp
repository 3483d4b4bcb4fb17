#include "ecg_lora/command_line/version_line.h"

#include "commit.h"
#include "ecg_lora/base/version.h"

namespace ecg_lora {

std::string version_line() {
  return "ecg-lora " + version() + ", " + commit + ", libtorch " + ECG_LORA_LIBTORCH;
}

}  // namespace ecg_lora
