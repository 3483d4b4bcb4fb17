#include "ecg_lora/ecg/ptbxl/label_list.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/expect_error.h"

namespace ecg_lora::ptbxl {
namespace {

std::string list_of(const ecg_lora::testing::TemporaryFolder& folder, const std::string& text) {
  const auto file = folder / "labels.txt";
  std::ofstream(file, std::ios::binary) << text;
  return file.string();
}

TEST(LabelList, ReadsNamesAndDescriptions) {
  const ecg_lora::testing::TemporaryFolder folder;
  const auto asked =
      load_labels(list_of(folder, "# ours\nAF\tatrial fibrillation\r\n\nST elevation\n"), "", "");
  ASSERT_EQ(asked.labels.size(), 2u);
  EXPECT_EQ(asked.labels[0].name, "AF");
  EXPECT_EQ(asked.labels[0].description, "atrial fibrillation");
  EXPECT_EQ(asked.labels[1].name, "ST elevation");
  EXPECT_EQ(asked.labels[1].description, "ST elevation");
  EXPECT_TRUE(asked.of_file);
}

TEST(LabelList, RefusesEmptyAndRepeatedLabels) {
  const ecg_lora::testing::TemporaryFolder folder;
  for (const char* text : {"", "# nothing\n", "AF\t\n", "\tatrial\n", "AF\nAF\n"})
    EXPECT_THROW(load_labels(list_of(folder, text), "", ""), Error) << text;
}

TEST(LabelList, KnowsTheSuperclassesWithoutTables) {
  const auto asked = load_labels("superclass", "", "");
  ASSERT_EQ(asked.labels.size(), 5u);
  EXPECT_EQ(asked.labels[0].name, "CD");
  EXPECT_FALSE(asked.of_file);
  EXPECT_THROW(load_labels("rhythm", "", ""), Error);
}

}  // namespace
}  // namespace ecg_lora::ptbxl
