#include "ecg_lora/base/byte_count.h"

#include "base/expect_error.h"

namespace ecg_lora {
namespace {

using testing::error_of, testing::has;

TEST(ByteCount, UnitsArePowersOfTen) {
  EXPECT_EQ(parse_bytes("--size", ""), 0u);
  EXPECT_EQ(parse_bytes("--size", "512"), 512u);
  EXPECT_EQ(parse_bytes("--size", "7B"), 7u);
  EXPECT_EQ(parse_bytes("--size", "3KB"), 3'000u);
  EXPECT_EQ(parse_bytes("--size", "500MB"), 500'000'000u);
  EXPECT_EQ(parse_bytes("--size", "1.5GB"), 1'500'000'000u);
}

TEST(ByteCount, EverythingElseIsAUsageErrorThatNamesTheOption) {
  for (const char* bad : {"GB", "5 GB", "5gb", "5TB", "0", "-1", "0.5", "1e19", "inf", "nan", " 5"})
    EXPECT_TRUE(has(error_of(ExitCode::usage, [&] { parse_bytes("--size", bad); }),
                    cat("--size is '", bad, "', expected a number of bytes")))
        << bad;
}

}  // namespace
}  // namespace ecg_lora
