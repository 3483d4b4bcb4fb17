#include "ecg_lora/base/version.h"
#include "ecg_lora/command_line/version_line.h"

#include "base/expect_error.h"

namespace ecg_lora {
namespace {

using testing::matches;

TEST(Version, IsThreeNumbers) {
  EXPECT_TRUE(matches(version(), "^[0-9]+\\.[0-9]+\\.[0-9]+$"));
}

TEST(Version, LineNamesCommitAndLibtorch) {
  EXPECT_TRUE(version_line().starts_with("ecg-lora " + version() + ", "));
  EXPECT_TRUE(matches(version_line(),
                      ", (commit [0-9a-f]{12,40}([+]changes)?|unknown commit), libtorch "
                      "[0-9]+\\.[0-9]+\\.[0-9]+$"));
}

}  // namespace
}  // namespace ecg_lora
