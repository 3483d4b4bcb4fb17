// tokenizer.json as transformers' TikTokenConverter makes it.
#include "ecg_lora/text/llama3_hf.h"

#include <algorithm>

#include "bpe.h"
#include "byte_level.h"
#include "chat_template.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json.h"
#include "llama3_ranks.h"
#include "split_llama3.h"
#include "vocabulary.h"

namespace ecg_lora::text {
namespace {

/// Every pair of tokens that together are a token, by the id of the whole, then of its left and
/// right part.
Json merges_of(const Vocabulary& vocabulary) {
  Json merges = Json::array();
  for (std::uint32_t whole = 0; whole < vocabulary.ids(); ++whole) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
    const auto bytes = vocabulary.bytes(whole);
    for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
      const auto left = vocabulary.id(bytes.substr(0, cut)),
                 right = vocabulary.id(bytes.substr(cut));
      if (left != Vocabulary::kNone && right != Vocabulary::kNone) pairs.emplace_back(left, right);
    }
    std::sort(pairs.begin(), pairs.end());
    for (const auto& [left, right] : pairs)
      merges.push_back(
          {to_stand_ins(vocabulary.bytes(left)), to_stand_ins(vocabulary.bytes(right))});
  }
  return merges;
}

Json byte_level(bool add_prefix_space) {
  return {{"type", "ByteLevel"},
          {"add_prefix_space", add_prefix_space},
          {"trim_offsets", false},
          {"use_regex", false}};
}

Json listed_specials(const Specials& specials) {
  Json added = Json::array();
  for (const auto& [token, id] : specials)
    added.push_back({{"id", id},
                     {"content", token},
                     {"single_word", false},
                     {"lstrip", false},
                     {"rstrip", false},
                     {"normalized", false},
                     {"special", true}});
  return added;
}

/// The post-processor that puts <|begin_of_text|> before each text.
Json begin_of_text(const Specials& specials) {
  const auto& [bos, bos_id] = specials.front();
  const Json begin = {{"SpecialToken", {{"id", bos}, {"type_id", 0}}}},
             text = {{"Sequence", {{"id", "A"}, {"type_id", 0}}}};
  const Json second = {{"SpecialToken", {{"id", bos}, {"type_id", 1}}}},
             other = {{"Sequence", {{"id", "B"}, {"type_id", 1}}}};
  return {{"type", "TemplateProcessing"},
          {"single", Json::array({begin, text})},
          {"pair", Json::array({begin, text, second, other})},
          {"special_tokens", {{bos, {{"id", bos}, {"ids", {bos_id}}, {"tokens", {bos}}}}}}};
}

Json tokenizer_json(const Tokens& tokens, const Specials& specials) {
  Json vocabulary = Json::object();
  for (const auto& [bytes, id] : tokens) vocabulary[to_stand_ins(bytes)] = id;
  const Json split = {{"type", "Split"},
                      {"pattern", {{"Regex", kLlama3Pattern}}},
                      {"behavior", "Isolated"},
                      {"invert", false}};
  return {{"version", "1.0"},
          {"truncation", nullptr},
          {"padding", nullptr},
          {"added_tokens", listed_specials(specials)},
          {"normalizer", nullptr},
          {"pre_tokenizer",
           {{"type", "Sequence"}, {"pretokenizers", Json::array({split, byte_level(false)})}}},
          {"post_processor",
           {{"type", "Sequence"},
            {"processors", Json::array({byte_level(true), begin_of_text(specials)})}}},
          {"decoder", byte_level(true)},
          {"model",
           {{"type", "BPE"},
            {"dropout", nullptr},
            {"unk_token", nullptr},
            {"continuing_subword_prefix", nullptr},
            {"end_of_word_suffix", nullptr},
            {"fuse_unk", false},
            {"byte_fallback", false},
            {"ignore_merges", true},
            {"vocab", vocabulary},
            {"merges", merges_of(Vocabulary(tokens))}}}};
}

}  // namespace

bool write_llama3_hf_tokenizer(const std::filesystem::path& ranks,
                               const std::filesystem::path& folder, bool instruct) {
  if (!std::filesystem::exists(ranks) || !is_llama3_ranks(ranks)) return false;
  load_llama3_ranks(ranks);  // its checks: all bytes, ids in range
  const auto tokens = read_llama3_ranks(ranks);
  write_json(folder / "tokenizer.json",
             tokenizer_json(tokens, llama3_specials(static_cast<std::int64_t>(tokens.size()))));
  const Json names = {{"bos_token", "<|begin_of_text|>"},
                      {"eos_token", instruct ? "<|eot_id|>" : "<|end_of_text|>"},
                      {"pad_token", "<|finetune_right_pad_id|>"}};
  write_json(folder / "special_tokens_map.json", names);
  Json config = names;
  config["tokenizer_class"] = "PreTrainedTokenizerFast";
  config["clean_up_tokenization_spaces"] = false;
  config["model_input_names"] = {"input_ids", "attention_mask"};
  config["model_max_length"] = 131072;
  write_json(folder / "tokenizer_config.json", config);
  write_file(folder / "chat_template.jinja", kChatTemplate);
  return true;
}

}  // namespace ecg_lora::text
