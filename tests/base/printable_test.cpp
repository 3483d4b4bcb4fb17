#include "ecg_lora/base/printable.h"

#include <gtest/gtest.h>

namespace ecg_lora {
namespace {

TEST(Printable, SpellsOutControlCharacters) {
  EXPECT_EQ(printable("a\x1b[2Jb\rc\x7f"), "a\\x1b[2Jb\\x0dc\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\x9b"
            "31m");
  EXPECT_EQ(printable(std::string_view("\0", 1)), "\\x00");
}

TEST(Printable, KeepsTextAsItIs) {
  const std::string text = "one line\n\tµV, °C, \xe5\xbf\x83\xe9\x9b\xbb\xe5\x9b\xb3 \xff";
  EXPECT_EQ(printable(text), text);
  EXPECT_EQ(printable("\xc2"), "\xc2");
}

}  // namespace
}  // namespace ecg_lora
