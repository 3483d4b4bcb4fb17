// The main function of tests that compute with libtorch: a process starts as a command does.
#include <gtest/gtest.h>

#include "ecg_lora/base/reproducible.h"

int main(int argc, char** argv) {
  ecg_lora::ask_for_reproducible_products();
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
