#include "ecg_lora/base/json_differences.h"

#include <gtest/gtest.h>

namespace ecg_lora {
namespace {

TEST(JsonDifferences, NameTheKeys) {
  const Json a{{"model", {{"config.json", 1}, {"tokenizer.json", 2}}}, {"seed", 1}};
  Json b = a;
  b["model"]["config.json"] = 3, b["pages"] = 1;
  EXPECT_EQ(differences(a, b), "model.config.json, pages");
  EXPECT_EQ(differences(a, a), "");
}

TEST(JsonDifferences, AreAllIfOneIsNoObject) {
  EXPECT_EQ(differences(1, Json::object()), "all");
  EXPECT_EQ(differences({{"a", 1}}, {{"a", {{"b", 1}}}}), "a");
}

}  // namespace
}  // namespace ecg_lora
