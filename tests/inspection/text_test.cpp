#include <gtest/gtest.h>

#include "ecg_lora/inspection/description.h"

namespace ecg_lora::inspection {
namespace {

TEST(InspectionText, AlignsValuesAndNamesEmptyOnes) {
  EXPECT_EQ(to_text({{"kind", "checkpoint"},
                     {"parameters", 1234567},
                     {"change", -1234},
                     {"rslora", true},
                     {"base_model", ""},
                     {"age", nullptr}}),
            "kind        checkpoint\n"
            "parameters  1,234,567\n"
            "change      -1,234\n"
            "rslora      yes\n"
            "base model  \"\"\n"
            "age         none\n");
}

TEST(InspectionText, ShortensLists) {
  EXPECT_EQ(to_text({{"missing", {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}}),
            "missing  1, 2, 3, 4, 5, 6, 7, 8 and 2 more\n");
  EXPECT_EQ(to_text({{"missing", Json::array()}}), "missing  none\n");
}

TEST(InspectionText, MakesTablesAndBlocks) {
  EXPECT_EQ(to_text({{"folds", {{{"fold", 1}, {"records", 1200}}, {{"fold", 10}, {"records", 7}}}},
                     {"kind", "data"},
                     {"fit", {{"fits", false}}}}),
            "kind  data\n"
            "\nfolds\n"
            "  fold  records\n"
            "     1    1,200\n"
            "    10        7\n"
            "\nfit\n"
            "  fits  no\n");
}

TEST(InspectionText, PrintsConfigsAsSetTakesThem) {
  EXPECT_EQ(to_text({{"resolved", {{"model", "m"}, {"data", {{"folds", {1, 2}}}}}}}),
            "\nresolved\n"
            "  model       \"m\"\n"
            "  data.folds  [1,2]\n");
}

TEST(InspectionText, FirstFewKeepsPartOfASentence) {
  EXPECT_EQ(first_few({"a", "b"}), "a, b");
  EXPECT_EQ(first_few({1, 2, 3, 4, 5, 6, 7}), "1, 2, 3, 4, 5 and 2 more");
}

}  // namespace
}  // namespace ecg_lora::inspection
