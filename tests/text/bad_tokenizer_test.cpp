// Tokenizers whose files give every command wrong tokens, or none.
#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/text/tokenizer.h"
#include "text/small_bpe.h"

namespace ecg_lora::text {
namespace {

using testing::bpe_json, testing::error_of, testing::has, testing::TemporaryFolder;

std::string error_with(const Json& json) {
  const TemporaryFolder folder;
  write_json(folder / "tokenizer.json", json);
  return error_of(ExitCode::checkpoint, [&] { load_tokenizer(folder / "")->encode("an ECG"); });
}

Json with_pattern(const std::string& pattern) {
  auto json = bpe_json();
  json["pre_tokenizer"] = {{"type", "Split"}, {"pattern", {{"Regex", pattern}}}};
  return json;
}

TEST(BadTokenizer, AnIdOfTwoTokensIsRefused) {
  auto json = bpe_json();
  json["model"]["vocab"]["ab"] = 65;
  EXPECT_TRUE(has(error_with(json), "gives the id 65 to the tokens"));
  json = bpe_json();
  json["added_tokens"][0]["id"] = 65;
  EXPECT_TRUE(has(error_with(json), "gives the id 65 to the tokens 'A' and '<|eot_id|>'"));
}

TEST(BadTokenizer, TwoIdsOfATokenAreRefused) {
  auto json = bpe_json();
  json["added_tokens"].push_back({{"id", 300}, {"content", "<|eot_id|>"}});
  EXPECT_TRUE(has(error_with(json), "the ids 258 and 300"));
  json = bpe_json();
  json["added_tokens"].push_back({{"id", 300}, {"content", "ab"}});
  EXPECT_TRUE(has(error_with(json), "the ids 256 and 300"));
}

TEST(BadTokenizer, PatternsThatWouldLoseCharactersAreRefused) {
  for (const char* pattern : {"a*", "(?!)", "", "x?|y*", "(?=b)", "\\b"})
    EXPECT_TRUE(has(error_with(with_pattern(pattern)), "matches the empty text")) << pattern;
}

TEST(BadTokenizer, PatternsThatMatchNothingAreRefused) {
  for (const char* pattern : {"[^\\s\\S]", "qqqq"})
    EXPECT_TRUE(has(error_with(with_pattern(pattern)), "matches nothing")) << pattern;
}

TEST(BadTokenizer, PatternsOfTooManyStepsAreRefused) {
  const TemporaryFolder folder;
  write_json(folder / "tokenizer.json", with_pattern("(a+)+!|I"));
  const auto tokenizer = load_tokenizer(folder / "");
  EXPECT_TRUE(has(error_of(ExitCode::checkpoint, [&] { tokenizer->encode(std::string(60, 'a')); }),
                  "takes too many steps"));
}

}  // namespace
}  // namespace ecg_lora::text
