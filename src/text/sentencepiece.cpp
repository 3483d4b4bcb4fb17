#include "sentencepiece.h"

#include <sentencepiece_processor.h>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "sentencepiece_json.h"
#include "special_tokens.h"

namespace ecg_lora::text {
namespace {

bool is_json(const std::filesystem::path& file) {
  return file.extension() == ".json";
}

class SentencepieceTokenizer : public Tokenizer {
 public:
  explicit SentencepieceTokenizer(const std::filesystem::path& file) {
    const auto model = is_json(file) ? sentencepiece_of_json(file) : read_file(file);
    const auto status = processor_.LoadFromSerializedProto(model);
    if (!status.ok())
      throw_checkpoint(
          file.string(), " is ",
          is_json(file) ? "no tokenizer" : "neither a sentencepiece model nor Llama 3 ranks", " (",
          status.ToString(), "); copy the checkpoint's ", file.filename().string(), " again");
    for (const auto& token : special_tokens())
      if (const auto found = id(token)) specials_.emplace_back(token, *found);
    cutter_ = SpecialTokens(specials_);
  }

  std::vector<std::int64_t> encode(std::string_view text) const override {
    std::vector<std::int64_t> ids;
    cutter_.cut(text, [&](const Part& part) {
      if (part.special >= 0) return ids.push_back(part.special);
      std::vector<int> pieces;
      const auto status = processor_.Encode({part.text.data(), part.text.size()}, &pieces);
      if (!status.ok())
        throw_data("a text could not be tokenised (", status.ToString(),
                   "); check that it is UTF-8");
      ids.insert(ids.end(), pieces.begin(), pieces.end());
    });
    return ids;
  }

  std::string decode(const std::vector<std::int64_t>& ids, bool skip_special) const override {
    std::string text;
    std::vector<int> run;
    const auto flush = [&] {
      std::string piece;
      if (!run.empty() && processor_.Decode(run, &piece).ok()) text += piece;
      run.clear();
    };
    for (const auto value : ids) {
      const auto* token = special(value);
      if (!token) {
        if (value >= 0 && value < size()) run.push_back(static_cast<int>(value));
        continue;
      }
      flush();
      if (!skip_special) text += *token;
    }
    flush();
    return text;
  }

  std::optional<std::int64_t> id(std::string_view token) const override {
    const int value = processor_.PieceToId({token.data(), token.size()});
    if (value == processor_.unk_id() && processor_.IdToPiece(value) != token) return std::nullopt;
    return value;
  }

  std::int64_t size() const override { return processor_.GetPieceSize(); }

 private:
  const std::string* special(std::int64_t value) const {
    for (const auto& [token, number] : specials_)
      if (number == value) return &token;
    return nullptr;
  }

  sentencepiece::SentencePieceProcessor processor_;
  Specials specials_;
  SpecialTokens cutter_;
};

}  // namespace

std::unique_ptr<Tokenizer> load_sentencepiece(const std::filesystem::path& file) {
  return std::make_unique<SentencepieceTokenizer>(file);
}

}  // namespace ecg_lora::text
