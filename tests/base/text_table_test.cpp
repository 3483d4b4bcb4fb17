#include "ecg_lora/base/text_table.h"

#include <gtest/gtest.h>

namespace ecg_lora {
namespace {

TEST(TextTables, FiguresOfAnySizeKeepTheirColumns) {
  TextTable table({"stage", "ms/page", "pages/s"});
  table.row({"read", fixed_text(0.0004, 2), "-"});
  table.row({"draw", fixed_text(12345678.9, 2), fixed_text(1e12, 0)});
  EXPECT_EQ(table.text(),
            "stage      ms/page        pages/s\n"
            "read          0.00              -\n"
            "draw   12345678.90  1000000000000\n");
}

TEST(TextTables, WidthsAreThoseOfCharacters) {
  TextTable table({"name", "kind", "count"}, 2);
  table.row({"Übersicht", "ä", "1"});
  table.row({"b", "longer", ""});
  EXPECT_EQ(table.text(),
            "name       kind    count\n"
            "Übersicht  ä           1\n"
            "b          longer\n");
}

}  // namespace
}  // namespace ecg_lora
