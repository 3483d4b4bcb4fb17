#include "ecg_lora/base/reproducible.h"

#include <cstdlib>

namespace ecg_lora {

void ask_for_reproducible_products() {
  ::setenv("MKL_CBWR", "AUTO", /*overwrite=*/0);
}

}  // namespace ecg_lora
