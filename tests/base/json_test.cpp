#include "ecg_lora/base/json.h"
#include "ecg_lora/base/json_number.h"

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"

namespace ecg_lora {
namespace {

using testing::error_of;
using testing::has;
using testing::TemporaryFolder;

std::string data_error(const std::string& text) {
  return error_of(ExitCode::data, [&] { parse_json(text, "in.json"); });
}

TEST(Json, KeepsOrderTypesAndComments) {
  const auto json = parse_json(
      "// head\n{\"z\": [1, -2, 2.5, true, null], /* why */ \"a\": {\"b\": \"\\u00e9\\n\"}}",
      "in.json");
  EXPECT_EQ(json.dump(), "{\"z\":[1,-2,2.5,true,null],\"a\":{\"b\":\"é\\n\"}}");
  EXPECT_EQ(json.begin().key(), "z");
}

TEST(Json, ParsesScalarsAndByteOrderMark) {
  EXPECT_EQ(parse_json("\xef\xbb\xbf 7", "in.json"), 7);
  EXPECT_EQ(parse_json("\"x\"", "in.json"), "x");
}

TEST(Json, RefusesDuplicateKeysWhereTheyStand) {
  EXPECT_EQ(data_error("{\"a\": 1,\n \"b\": 2, \"a\": 3}"),
            "in.json: line 2, column 10: the key 'a' is there twice");
  EXPECT_EQ(data_error(R"([{"q\"\\": {}, "q\"\\": 1}])"),
            "in.json: line 1, column 16: the key 'q\"\\' is there twice");
}

TEST(Json, AllowsEqualKeysInDifferentObjects) {
  EXPECT_EQ(parse_json(R"({"a": {"a": 1}, "b": [{"a": 2}, {"a": 3}]})", "in.json")["b"][1]["a"], 3);
}

TEST(Json, SaysWhereDamageIs) {
  EXPECT_TRUE(has(data_error("{\"a\": 1,\n}"), "in.json: line 2, column 1: "));
  EXPECT_TRUE(has(data_error("{\"a\": tru}"), "line 1, column 10"));
  EXPECT_TRUE(has(data_error("{} {}"), "line 1, column 4"));
  EXPECT_TRUE(has(data_error("[1e999]"), "1e999"));
  EXPECT_TRUE(has(data_error("[\"\xff\"]"), "UTF-8"));
}

TEST(Json, RefusesEveryTruncation) {
  const std::string text = R"({"a": [1, {"b": "c\u00e9"}], "d": -1.5e3, "e": null})";
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_TRUE(has(data_error(text.substr(0, length)), "in.json: line 1")) << length;
  }
}

TEST(Json, RefusesDeepNestingBeforeTheStackEnds) {
  const auto nested = [](int depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_EQ(parse_json(nested(200), "in.json").size(), 1u);
  EXPECT_EQ(data_error(nested(201)),
            "in.json: line 1, column 201: nested more than 200 levels deep");
  EXPECT_TRUE(has(data_error(std::string(1'000'000, '[')), "nested"));
}

TEST(Json, TakesManyKeysQuickly) {
  constexpr int count =
      100'000;  // a search among the present keys for each new one would take minutes
  std::string text = "{\"k\": 0";
  for (int i = 0; i < count; ++i)
    text += ", \"key" + std::to_string(i) + "\": " + std::to_string(i);
  EXPECT_EQ(parse_json(text + "}", "in.json").size(), count + 1u);
}

TEST(Json, WholeNumbersAreNotMadeOfOthers) {
  const auto refused = [](const char* text) {
    try {
      whole_number(parse_json(text, "t"), -5, 5);
      return false;
    } catch (const nlohmann::json::type_error&) {
      return true;
    }
  };
  for (const char* text :
       {"1.5", "1.0", "true", "\"1\"", "6", "-6", "18446744073709551615", "1e0", "null"})
    EXPECT_TRUE(refused(text)) << text;
  EXPECT_EQ(whole_number(parse_json("-5", "t"), -5, 5), -5);
}

TEST(Json, FilesComeBackEqual) {
  const TemporaryFolder folder;
  const Json value = {{"b", 1}, {"a", {1.5, "x"}}};
  write_json(folder / "v.json", value);
  EXPECT_EQ(read_json(folder / "v.json"), value);
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { read_json(folder / "none.json"); }),
                  "none.json: no such file"));
}

}  // namespace
}  // namespace ecg_lora
