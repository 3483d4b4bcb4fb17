#include "ecg_lora/base/version.h"

namespace ecg_lora {

std::string version() {
  return ECG_LORA_VERSION;
}

}  // namespace ecg_lora
