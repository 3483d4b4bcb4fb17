#include "scanner.h"

#include <gtest/gtest.h>

#include "base/expect_error.h"

namespace ecg_lora::instruct {
namespace {

using testing::has;

struct Seen {
  std::vector<std::string> texts, problems;
  std::vector<bool> ascii;
  std::string broken;
  std::uint64_t broken_at = 0;
};

/// Scans `text` in pieces of `piece` bytes.
Seen scan(const std::string& text, std::size_t piece) {
  Seen seen;
  Scanner scanner([&](Span&& span) {
    seen.texts.push_back(text.substr(span.begin, span.length));
    seen.problems.push_back(span.problem);
    seen.ascii.push_back(span.ascii);
  });
  for (std::size_t at = 0; at < text.size(); at += piece)
    scanner.feed(std::string_view(text).substr(at, piece));
  scanner.finish();
  seen.broken = scanner.broken();
  seen.broken_at = scanner.broken_at();
  return seen;
}

/// The same in pieces of any size.
Seen scan_all_ways(const std::string& text) {
  const auto whole = scan(text, text.size() + 1);
  for (const std::size_t piece : {1, 2, 3, 7, 64}) {
    const auto cut = scan(text, piece);
    EXPECT_EQ(cut.texts, whole.texts) << "pieces of " << piece;
    EXPECT_EQ(cut.problems, whole.problems);
    EXPECT_EQ(cut.broken, whole.broken);
    EXPECT_EQ(cut.broken_at, whole.broken_at);
  }
  return whole;
}

using Texts = std::vector<std::string>;

TEST(Scanner, FindsTheItemsOfAList) {
  const auto seen =
      scan_all_ways("\xef\xbb\xbf [ {\"a\": [1, {\"b\": 2}]} ,\n{}, [3], 17 , \"x,]\" ]\n ");
  EXPECT_EQ(seen.texts, (Texts{"{\"a\": [1, {\"b\": 2}]}", "{}", "[3]", "17", "\"x,]\""}));
  EXPECT_EQ(seen.broken, "");
}

TEST(Scanner, AnEmptyListHasNoItems) {
  const auto seen = scan_all_ways(" [\n] ");
  EXPECT_TRUE(seen.texts.empty());
  EXPECT_EQ(seen.broken, "");
}

TEST(Scanner, BracketsAndQuotesInStringsAreText) {
  const auto seen = scan_all_ways(R"([{"a": "}]\"[{\\"}, {"b": "\\\""}])");
  EXPECT_EQ(seen.texts, (Texts{R"({"a": "}]\"[{\\"})", R"({"b": "\\\""})"}));
  EXPECT_EQ(seen.broken, "");
}

TEST(Scanner, ALineIsAnItemOfJsonLines) {
  const auto seen = scan_all_ways("{\"a\": \"}\"}\r\n\n  {\"b\": 1}  \n{\"c\": [");
  EXPECT_EQ(seen.texts, (Texts{"{\"a\": \"}\"}\r", "{\"b\": 1}  ", "{\"c\": ["}));
  EXPECT_EQ(seen.broken, "");  // the last line is for the parser to refuse
}

TEST(Scanner, NotesTextThatIsNotAscii) {
  EXPECT_EQ(
      scan_all_ways(
          "[{\"a\": 1}, {\"a\": \"\xc3\xa9\"}, {\"a\": \"\\u00e9\"}, {\"a\": \"\\\\\"}, {\xff}]")
          .ascii,
      (std::vector<bool>{true, false, false, true, false}));
  EXPECT_EQ(
      scan_all_ways("{\"a\": 1}\n{\"a\": \"\xc3\xa9\"}\n{\"a\": \"\\u00e9\"}\n{\"a\": \"\\n\"}\n")
          .ascii,
      (std::vector<bool>{true, false, false, true}));
}

TEST(Scanner, SaysWhereAListBreaks) {
  const std::vector<std::tuple<std::string, std::string, std::uint64_t, std::size_t>> cases{
      {"", "empty", 0, 0},
      {"  \n", "empty", 3, 0},
      {"\xef\xbb", "empty", 2, 0},
      {"\xef\xbb{}", "byte order mark", 2, 0},
      {"x", "got 'x'", 0, 0},
      {"\xff", "got byte 255", 0, 0},
      {"[", "cut off", 1, 0},
      {"[{\"a\": 1}", "cut off", 9, 1},
      {"[{\"a\": 1},", "cut off", 10, 1},
      {"[{\"a\": 1}, {\"b\": \"x", "begins at byte 11", 19, 1},
      {"[{\"a\": 1} {}]", "expected ',' or ']' after an item, got '{'", 10, 1},
      {"[{\"a\": 1},]", "expected an item, got ']'", 10, 1},
      {"[,]", "expected an item, got ','", 1, 0},
      {"[{}] x", "nothing after the list, got 'x'", 5, 1},
      {"[{\"a\": [1}, {}]", "'}' closes the list that is open in the item at byte 1", 9, 0},
      {"[[{]]", "']' closes the object that is open in the item at byte 1", 3, 0}};
  for (const auto& [text, message, at, items] : cases) {
    const auto seen = scan_all_ways(text);
    EXPECT_TRUE(has(seen.broken, message)) << text;
    EXPECT_EQ(seen.broken_at, at) << text;
    EXPECT_EQ(seen.texts.size(), items) << text;
  }
}

TEST(Scanner, DeepNestingSpoilsTheItemAndNoOther) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  const auto seen =
      scan_all_ways("[" + nested(200) + "," + nested(201) + "," + nested(5000) + ",{}]");
  ASSERT_EQ(seen.problems.size(), 4u);
  EXPECT_EQ(seen.problems[0], "");
  EXPECT_TRUE(has(seen.problems[1], "nested more than 200 levels deep at byte 602"));
  EXPECT_TRUE(has(seen.problems[2], "nested more than 200 levels"));
  EXPECT_EQ(seen.problems[3], "");
}

TEST(Scanner, AHugeItemIsSpoilt) {
  const auto seen = scan("[{\"a\": \"" + std::string(Scanner::kLongest, 'x') + "\"}, {}]", 1 << 20);
  ASSERT_EQ(seen.problems.size(), 2u);
  EXPECT_TRUE(has(seen.problems[0], "more than the 16777216"));
  EXPECT_EQ(seen.problems[1], "");
}

}  // namespace
}  // namespace ecg_lora::instruct
