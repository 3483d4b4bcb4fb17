#include "ecg_lora/nn/kernels/fused.h"

#include <atomic>

namespace ecg_lora::nn {
namespace {

std::atomic<int> unfused{0};

}  // namespace

bool fused() {
  return unfused == 0;
}
Unfused::Unfused() {
  ++unfused;
}
Unfused::~Unfused() {
  --unfused;
}

}  // namespace ecg_lora::nn
