#include "ecg_lora/text/tokenizer.h"

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/text/train_sentencepiece.h"
#include "text/small_bpe.h"

namespace ecg_lora::text {
namespace {

using testing::bpe_json;
using testing::error_of;
using testing::has;
using testing::TemporaryFolder;

std::string base64(const std::string& bytes) {
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned value = 0;
    for (std::size_t k = 0; k < 3; ++k)
      value = value << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      text += i + k <= bytes.size() ? alphabet[value >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

/// Ranks of the 256 bytes, then of `merges`.
std::string ranks(const std::vector<std::string>& merges) {
  std::string text;
  for (int byte = 0; byte < 256; ++byte)
    text += cat(base64(std::string(1, static_cast<char>(byte))), ' ', byte, '\n');
  for (std::size_t i = 0; i < merges.size(); ++i)
    text += cat(base64(merges[i]), ' ', 256 + i, '\n');
  return text;
}

using Ids = std::vector<std::int64_t>;

TEST(LlamaRanks, MergesTheLowestRankFirst) {
  const TemporaryFolder folder;
  write_file(folder / "tokenizer.model", ranks({"bc", "ab", "abc", " ab"}));
  const auto tokenizer = load_tokenizer(folder / "");
  EXPECT_EQ(tokenizer->encode("abc"), (Ids{258}));
  EXPECT_EQ(tokenizer->encode("abcd"), (Ids{258, 'd'}));
  EXPECT_EQ(tokenizer->encode("abab ab"), (Ids{257, 257, 259}));
  EXPECT_EQ(tokenizer->encode("bcb"), (Ids{256, 'b'}));
  EXPECT_EQ(tokenizer->encode("a<|eot_id|>\n"), (Ids{'a', 260 + 9, '\n'}));
  EXPECT_EQ(tokenizer->id("<|image|>"), 260 + 256);
  EXPECT_EQ(tokenizer->id("<|nothing|>"), std::nullopt);
  EXPECT_EQ(tokenizer->size(), 260 + 257);
}

TEST(LlamaRanks, DecodesWhatItEncodedBytesOfBrokenUtf8Included) {
  const TemporaryFolder folder;
  write_file(folder / "tokenizer.model", ranks({"ab"}));
  const auto tokenizer = load_tokenizer(folder / "");
  for (const std::string text :
       {"ab\xc3", "\xff\xfe ab", "\xf0\x9f\xab\x80", "a\xe2\x82", "\x80\x80<|eot_id|>\xc0"})
    EXPECT_EQ(tokenizer->decode(tokenizer->encode(text), false), text);
  EXPECT_EQ(tokenizer->decode(tokenizer->encode("a<|eot_id|>b")), "ab");
  EXPECT_EQ(tokenizer->decode({-1, 'a', 100000}), "a");
}

TEST(LlamaJson, IsReadLikeItsRanks) {
  const TemporaryFolder folder;
  write_json(folder / "tokenizer.json", bpe_json());
  const auto tokenizer = load_tokenizer(folder / "");
  EXPECT_EQ(tokenizer->encode("ab ab\n<|eot_id|>"), (Ids{256, 257, '\n', 258}));
  EXPECT_EQ(tokenizer->decode({256, 257, '\n', 258}, false), "ab ab\n<|eot_id|>");
}

/// Expects a checkpoint error of one line that names the file and holds `part`.
void expect_damaged(const std::filesystem::path& folder, const std::string& file,
                    const std::string& part) {
  const auto message = error_of(ExitCode::checkpoint, [&] { load_tokenizer(folder); });
  EXPECT_TRUE(has(message, part));
  EXPECT_TRUE(has(message, file));
  EXPECT_EQ(message.find('\n'), std::string::npos) << message;
}

TEST(Damaged, Ranks) {
  const TemporaryFolder folder;
  const auto whole = ranks({"ab"});
  const auto last = whole.rfind("YWI=");
  for (const auto& [text, part] : std::vector<std::pair<std::string, std::string>>{
           {whole.substr(0, last + 3), "no new token at byte"},
           {whole.substr(0, last + 5), "no new token at byte"},
           {whole.substr(0, last) + "YW*= 256\n", "no new token at byte"},
           {whole.substr(0, last) + "YWI= 256x\n", "no new token at byte"},
           {whole.substr(0, last) + "YWI= -1\n", "no new token at byte"},
           {whole.substr(0, last) + "YWI= 99999999999999999999\n", "no new token at byte"},
           {whole.substr(0, last) + "YWI= 9000000000\n", "the id 9000000000"},
           {whole + "YWI= 257\n", "no new token at byte"},
           {whole.substr(0, whole.find('\n', 1000) + 1), "no token for byte"}}) {
    write_file(folder / "tokenizer.model", text);
    expect_damaged(folder / "", "tokenizer.model", part);
  }
}

TEST(Damaged, Json) {
  const TemporaryFolder folder;
  const auto write = [&](const char* where, const Json& value) {
    auto json = bpe_json();
    json[Json::json_pointer(where)] = value;
    write_json(folder / "tokenizer.json", json);
  };
  const auto text = bpe_json().dump();
  for (const std::size_t length :
       {std::size_t{0}, std::size_t{1}, text.size() / 2, text.size() - 1}) {
    write_file(folder / "tokenizer.json", text.substr(0, length));
    expect_damaged(folder / "", "tokenizer.json", "line 1");
  }
  for (const auto& [where, value, part] : std::vector<std::tuple<const char*, Json, std::string>>{
           {"/model", "BPE", "not a Llama 3"},
           {"/model/type", 7, "not a Llama 3"},
           {"/model/type", "Unigram", "not a Llama 3"},
           {"/decoder", nullptr, "not a Llama 3"},
           {"/model/vocab", "none", "lacks a vocabulary"},
           {"/model/vocab/ab", "two", "lacks a vocabulary"},
           {"/model/vocab/ab", -5, "the id -5"},
           {"/model/vocab/ab", 99999999999, "the id 99999999999"},
           {"/added_tokens/0/id", -1, "the id -1"},
           {"/added_tokens", Json::array({1, 2}), "lacks a vocabulary"},
           {"/pre_tokenizer", Json{{"type", "Split"}, {"pattern", {{"Regex", "(["}}}},
            "does not compile"},
           {"/pre_tokenizer", Json{{"type", "Split"}, {"pattern", "x"}}, "lacks a vocabulary"},
           {"/pre_tokenizer", 3, "lacks a vocabulary"},
           {"/model/vocab", Json{{"a", 0}}, "no token for byte 0"},
           {"/model/merges", nullptr, "lacks a vocabulary, merges"},
           {"/model/merges/0", "a", "merges \"a\""},
           {"/model/merges/0", 5, "lacks a vocabulary, merges"},
           {"/model/merges/0", "b a", "merges \"b a\""},
           {"/model/vocab/\xe5\xbf\x83", 258, "byte-level characters"}}) {
    write(where, value);
    expect_damaged(folder / "", part == "does not compile" ? "tokenizer" : "tokenizer.json", part);
  }
}

TEST(Damaged, Sentencepiece) {
  const TemporaryFolder folder;
  train_sentencepiece({"user assistant system abcdefghijklmnop"}, 310, folder / "");
  const auto whole = read_file(folder / "tokenizer.model");
  for (const auto& text : {std::string(), whole.substr(0, whole.size() / 2),
                           std::string("\x08\xff\xff\xff garbage"), std::string(100, '\0')}) {
    write_file(folder / "tokenizer.model", text);
    expect_damaged(folder / "", "tokenizer.model", "sentencepiece");
  }
}

/// tokenizer.json and tokenizer.model of one trained tokenizer.
void write_both(const std::filesystem::path& folder) {
  train_sentencepiece({"Does this ECG show sinus rhythm? user assistant system the the then there",
                       "abcdefghijklmnopqrstuvwxyz"},
                      340, folder);
  write_hf_tokenizer(folder);
}

TEST(Sentencepiece, FromTokenizerJsonAlone) {
  const TemporaryFolder folder;
  write_both(folder / "");
  const auto model = load_tokenizer(folder / "");
  std::filesystem::remove(folder / "tokenizer.model");
  EXPECT_EQ(tokenizer_kind(folder / ""), "sentencepiece (as tokenizer.json)");
  const auto json = load_tokenizer(folder / "");
  EXPECT_EQ(json->size(), model->size());
  for (const std::string text :
       {"Does this ECG show the sinus rhythm?", "  then\n\nthere  <|eot_id|> Yes",
        "\xf0\x9f\xab\x80", "<|start_header_id|>user<|end_header_id|>\n\n<|image|>aaa", "", " ",
        "thethethe\t"}) {
    EXPECT_EQ(json->encode(text), model->encode(text)) << text;
    EXPECT_EQ(json->decode(json->encode(text), false), text);
  }
}

TEST(Damaged, SentencepieceAsJson) {
  const TemporaryFolder folder;
  write_both(folder / "");
  std::filesystem::remove(folder / "tokenizer.model");
  const auto whole = read_json(folder / "tokenizer.json");
  for (const auto& [where, value, part] : std::vector<std::tuple<const char*, Json, std::string>>{
           {"/normalizer", nullptr, "spaces as U+2581"},
           {"/normalizer/content", "_", "spaces as U+2581"},
           {"/pre_tokenizer", Json{{"type", "Whitespace"}}, "splits texts"},
           {"/model/unk_token", "none", "no piece"},
           {"/model/vocab", Json{{"a", 0}}, "no piece"},
           {"/model/vocab/a", 1 << 20, "an id that is taken"},
           {"/model/vocab/a", -1, "an id that is taken"},
           {"/model/merges", 5, "lacks a vocabulary, merges"},
           {"/model/merges/0", "x", "without two parts"},
           {"/model/merges/0", Json::array({"q", "q"}), "no piece"},
           {"/added_tokens/0/id", 300, "two ids"},
           {"/added_tokens/0/content", "<|new|>", "no piece"}}) {
    auto json = whole;
    json[Json::json_pointer(where)] = value;
    write_json(folder / "tokenizer.json", json);
    expect_damaged(folder / "", "tokenizer.json", part);
  }
  auto apart = whole;
  apart["model"]["merges"].push_back(whole["model"]["merges"][0]);
  write_json(folder / "tokenizer.json", apart);
  expect_damaged(folder / "", "tokenizer.json", "at two places");
}

TEST(Damaged, NoFileAtAll) {
  const TemporaryFolder folder;
  EXPECT_TRUE(has(error_of(ExitCode::checkpoint, [&] { load_tokenizer(folder / ""); }),
                  "no tokenizer.json and no tokenizer.model"));
}

TEST(TrainSentencepiece, IsDeterministicAndKeepsItsFixedPieces) {
  const TemporaryFolder folder;
  const std::vector<std::string> corpus{"Does this ECG show sinus rhythm? user assistant system",
                                        "abcdefghijklmnopqrstuvwxyz"};
  for (const char* name : {"a", "b"}) train_sentencepiece(corpus, 330, folder / name);
  EXPECT_EQ(read_file(folder / "a/tokenizer.model"), read_file(folder / "b/tokenizer.model"));
  const auto tokenizer = load_tokenizer(folder / "a");
  EXPECT_EQ(tokenizer->size(), 330);
  for (const std::string piece :
       {"Yes", "No", "\n\n", "<|image|>", "<|eot_id|>", "<|finetune_right_pad_id|>"})
    EXPECT_EQ(tokenizer->encode(piece).size(), 1u) << piece;
  const std::string text = "  Does  this\n\nshow \xf0\x9f\xab\x80?\t";
  EXPECT_EQ(tokenizer->decode(tokenizer->encode(text)), text);
}

TEST(TrainSentencepiece, RefusesACorpusTooSmallForTheVocabulary) {
  const TemporaryFolder folder;
  EXPECT_TRUE(
      has(error_of(ExitCode::usage, [&] { train_sentencepiece({"ab"}, 5000, folder / ""); }),
          "larger corpus or a smaller vocabulary"));
  EXPECT_EQ(folder.entries(), 0u);
}

}  // namespace
}  // namespace ecg_lora::text
