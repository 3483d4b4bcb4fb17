#include "ecg_lora/text/train_sentencepiece.h"

#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

#include <algorithm>
#include <map>

#include "chat_template.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json.h"
#include "special_tokens.h"

namespace ecg_lora::text {
namespace {

/// Pieces that must exist whatever the corpus: special tokens, the answers, the template's blank
/// line.
std::vector<std::string> fixed_pieces() {
  auto result = special_tokens();
  for (const char* piece : {"Yes", "No", "\n\n", "\n"}) result.emplace_back(piece);
  return result;
}

class Corpus : public sentencepiece::SentenceIterator {
 public:
  explicit Corpus(const std::vector<std::string>& lines) : lines_(lines) {}
  bool done() const override { return next_ == lines_.size(); }
  void Next() override { ++next_; }
  const std::string& value() const override { return lines_[next_]; }
  sentencepiece::util::Status status() const override { return {}; }

 private:
  const std::vector<std::string>& lines_;
  std::size_t next_ = 0;
};

/// Pairs that merge, best first: every split of a piece into two pieces, in the order of the
/// pieces' scores.
Json merges_of(const sentencepiece::SentencePieceProcessor& model) {
  std::map<std::string, int> ids;
  for (int id = 0; id < model.GetPieceSize(); ++id)
    if (!model.IsControl(id) && !model.IsUnknown(id) && !model.IsByte(id))
      ids[model.IdToPiece(id)] = id;
  struct Merge {
    float score;
    std::string left, right;
  };
  std::vector<Merge> merges;
  const auto fixed = fixed_pieces();
  for (const auto& [piece, id] : ids) {
    if (std::find(fixed.begin(), fixed.end(), piece) != fixed.end()) continue;
    for (std::size_t cut = 1; cut < piece.size(); ++cut) {
      const auto left = piece.substr(0, cut), right = piece.substr(cut);
      if (ids.count(left) && ids.count(right)) merges.push_back({model.GetScore(id), left, right});
    }
  }
  std::stable_sort(merges.begin(), merges.end(),
                   [](const Merge& a, const Merge& b) { return a.score > b.score; });
  Json result = Json::array();
  for (const auto& merge : merges) result.push_back({merge.left, merge.right});
  return result;
}

Json added_tokens(const sentencepiece::SentencePieceProcessor& model) {
  Json result = Json::array();
  const auto& special = special_tokens();
  for (const auto& piece : fixed_pieces())
    result.push_back(
        {{"id", model.PieceToId(piece)},
         {"content", piece},
         {"single_word", false},
         {"lstrip", false},
         {"rstrip", false},
         {"normalized", false},
         {"special", std::find(special.begin(), special.end(), piece) != special.end()}});
  return result;
}

Json tokenizer_json(const sentencepiece::SentencePieceProcessor& model) {
  const std::string space = "\xe2\x96\x81";  // U+2581
  Json vocabulary = Json::object();
  for (int id = 0; id < model.GetPieceSize(); ++id) vocabulary[model.IdToPiece(id)] = id;
  Json json;
  json["version"] = "1.0";
  json["truncation"] = nullptr;
  json["padding"] = nullptr;
  json["added_tokens"] = added_tokens(model);
  json["normalizer"] = {{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", space}};
  json["pre_tokenizer"] = nullptr;
  json["post_processor"] = nullptr;
  json["decoder"] = {
      {"type", "Sequence"},
      {"decoders",
       Json::array({{{"type", "Replace"}, {"pattern", {{"String", space}}}, {"content", " "}},
                    {{"type", "ByteFallback"}},
                    {{"type", "Fuse"}}})}};
  json["model"] = {{"type", "BPE"},
                   {"dropout", nullptr},
                   {"unk_token", "<unk>"},
                   {"continuing_subword_prefix", nullptr},
                   {"end_of_word_suffix", nullptr},
                   {"fuse_unk", true},
                   {"byte_fallback", true},
                   {"ignore_merges", false},
                   {"vocab", vocabulary},
                   {"merges", merges_of(model)}};
  return json;
}

}  // namespace

void train_sentencepiece(const std::vector<std::string>& corpus, int vocabulary,
                         const std::filesystem::path& folder) {
  std::string fixed;
  for (const auto& piece : fixed_pieces()) fixed += (fixed.empty() ? "" : ",") + piece;
  const std::unordered_map<std::string, std::string> options = {
      {"model_type", "bpe"},
      {"vocab_size", std::to_string(vocabulary)},
      {"byte_fallback", "true"},
      {"add_dummy_prefix", "false"},
      {"remove_extra_whitespaces", "false"},
      {"normalization_rule_name", "identity"},
      {"user_defined_symbols", fixed},
      {"bos_id", "-1"},
      {"eos_id", "-1"},
      {"pad_id", "-1"},
      {"unk_id", "0"},
      {"character_coverage", "1.0"},
      {"num_threads", "1"},
      {"minloglevel", "2"},
      {"max_sentence_length", "100000"}};
  Corpus lines(corpus);
  std::string model;
  const auto status = sentencepiece::SentencePieceTrainer::Train(options, &lines, &model);
  if (!status.ok())
    throw_usage("a tokenizer of ", vocabulary, " pieces could not be trained (", status.ToString(),
                "); give a larger corpus or a smaller vocabulary");
  write_file(folder / "tokenizer.model", model);
}

void write_hf_tokenizer(const std::filesystem::path& folder) {
  sentencepiece::SentencePieceProcessor model;
  const auto status = model.Load((folder / "tokenizer.model").string());
  if (!status.ok())
    throw_checkpoint((folder / "tokenizer.model").string(), " is no sentencepiece model (",
                     status.ToString(), "); train it again");
  write_json(folder / "tokenizer.json", tokenizer_json(model));
  const Json names = {{"bos_token", "<|begin_of_text|>"},
                      {"eos_token", "<|eot_id|>"},
                      {"pad_token", "<|finetune_right_pad_id|>"}};
  write_json(folder / "special_tokens_map.json", names);
  Json config = names;
  config["tokenizer_class"] = "PreTrainedTokenizerFast";
  config["clean_up_tokenization_spaces"] = false;
  config["model_max_length"] = 131072;
  write_json(folder / "tokenizer_config.json", config);
  write_file(folder / "chat_template.jinja", kChatTemplate);
}

}  // namespace ecg_lora::text
