#include "ecg_lora/nn/kernels/reproducible.h"

#include <cstdlib>

namespace ecg_lora::nn {

bool ask_for_reproducible_products() {
  return setenv("MKL_CBWR", "AUTO", /*overwrite=*/0) == 0;
}

}  // namespace ecg_lora::nn
