#include "sentencepiece_json.h"

#include <cstdint>
#include <set>
#include <unordered_map>
#include <vector>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/base/json_number.h"
#include "ecg_lora/base/wire_format.h"

namespace ecg_lora::text {
namespace {

constexpr std::size_t kMaxPieces = 1 << 22;

/// Kinds of pieces, by sentencepiece_model.proto.
enum PieceType { normal = 1, unknown = 2, user_defined = 4, byte_piece = 6 };

struct Piece {
  std::string text;
  float score = 0;
  PieceType type = normal;
};

/// One tokenizer.json.
class Reader {
 public:
  explicit Reader(const std::filesystem::path& file)
      : origin_(file.string()), json_(read_json(file, ExitCode::checkpoint)) {}

  std::string model() {
    try {
      check_spaces();
      read_vocabulary();
      read_added();
      score();
    } catch (const nlohmann::json::exception& error) {
      refuse("lacks a vocabulary, merges or added tokens", error.what());
    }
    return serialised();
  }

 private:
  [[noreturn]] void refuse(const std::string& what, const std::string& found) const {
    throw_checkpoint(origin_, " ", what, " (", found,
                     "), expected a sentencepiece BPE as transformers saves it; use the "
                     "checkpoint's own file, or put its tokenizer.model into the folder");
  }

  void check_spaces() const {
    const Json spaces = {{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", "▁"}};
    const auto is_none = [&](const char* key) {
      return !json_.contains(key) || json_[key].is_null();
    };
    if (is_none("normalizer") || json_["normalizer"] != spaces)
      refuse("does not write spaces as U+2581 and nothing else", "its normalizer");
    if (!is_none("pre_tokenizer")) refuse("splits texts before it merges", "its pre_tokenizer");
    if (json_.at("model").value("ignore_merges", false)) refuse("ignores merges", "ignore_merges");
  }

  void read_vocabulary() {
    const auto& vocabulary = json_.at("model").at("vocab");
    if (vocabulary.size() > kMaxPieces) refuse("has too many pieces", cat(vocabulary.size()));
    pieces_.resize(vocabulary.size());
    for (const auto& [text, id] : vocabulary.items()) {
      const auto place = whole_number(id);
      if (place < 0 || place >= static_cast<std::int64_t>(pieces_.size()) || text.empty() ||
          !pieces_[static_cast<std::size_t>(place)].text.empty())
        refuse("gives a piece an id that is taken or beyond the others",
               cat("'", text, "' ", place));
      pieces_[static_cast<std::size_t>(place)].text = text;
      id_of_[text] = place;
    }
    piece(json_.at("model").at("unk_token").get<std::string>()).type = unknown;
    for (int byte = 0; byte < 256; ++byte) {
      char name[8];
      std::snprintf(name, sizeof name, "<0x%02X>", byte);
      piece(name).type = byte_piece;
    }
  }

  /// Added tokens are found in a text before all else, as user-defined pieces are.
  void read_added() {
    for (const auto& token : json_.at("added_tokens")) {
      auto& added = piece(token.at("content").get<std::string>());
      if (whole_number(token.at("id")) != id_of_.at(added.text))
        refuse("gives a token two ids", "'" + added.text + "'");
      if (added.type == normal) added.type = user_defined;
    }
  }

  void score() {
    const auto lowest = -static_cast<float>(json_.at("model").at("merges").size()) - 1;
    for (auto& piece : pieces_) piece.score = lowest;
    std::set<std::string> made;
    std::string last;
    float rank = 0;
    for (const auto& merge : json_.at("model").at("merges")) {
      const auto whole = merged(merge);
      if (whole != last) {
        if (!made.insert(whole).second) refuse("merges a piece at two places", "'" + whole + "'");
        piece(whole).score = -rank++;
      }
      last = whole;
    }
  }

  /// What "a b" or ["a", "b"] makes.
  std::string merged(const Json& merge) const {
    if (merge.is_array()) return merge.at(0).get<std::string>() + merge.at(1).get<std::string>();
    auto text = merge.get<std::string>();
    const auto space = text.find(' ');
    if (space == std::string::npos) refuse("has a merge without two parts", "'" + text + "'");
    return text.erase(space, 1);
  }

  Piece& piece(const std::string& text) {
    const auto found = id_of_.find(text);
    if (found == id_of_.end()) refuse("has no piece for a token or merge", "'" + text + "'");
    return pieces_[static_cast<std::size_t>(found->second)];
  }

  std::string serialised() const {
    std::string model, trainer, normalizer;
    std::int64_t unknown_id = 0;
    for (std::size_t id = 0; id < pieces_.size(); ++id) {
      const auto& piece = pieces_[id];
      if (piece.type == unknown) unknown_id = static_cast<std::int64_t>(id);
      model += wire::bytes_field(1, wire::bytes_field(1, piece.text) +
                                        wire::float_field(2, piece.score) +
                                        wire::integer_field(3, piece.type));
    }
    trainer += wire::integer_field(3, 2);  // model_type: BPE
    trainer += wire::integer_field(4, static_cast<std::int64_t>(pieces_.size()));
    trainer += wire::integer_field(35, 1);  // byte_fallback
    trainer += wire::integer_field(40, unknown_id);
    for (const std::uint32_t none : {41U, 42U, 43U})  // bos_id, eos_id, pad_id
      trainer += wire::integer_field(none, -1);
    trainer += wire::bytes_field(45, pieces_[static_cast<std::size_t>(unknown_id)].text);
    normalizer += wire::bytes_field(1, "identity");
    normalizer += wire::integer_field(3, 0);  // add_dummy_prefix
    normalizer += wire::integer_field(4, 0);  // remove_extra_whitespaces
    normalizer += wire::integer_field(5, 1);  // escape_whitespaces
    return model + wire::bytes_field(2, trainer) + wire::bytes_field(3, normalizer);
  }

  std::string origin_;
  Json json_;
  std::vector<Piece> pieces_;
  std::unordered_map<std::string, std::int64_t> id_of_;
};

}  // namespace

bool is_sentencepiece_json(const std::filesystem::path& file) {
  const auto json = read_json(file, ExitCode::checkpoint);
  const auto model = json.is_object() ? json.find("model") : json.end();
  return model != json.end() && model->is_object() && model->value("type", Json()) == "BPE" &&
         model->value("byte_fallback", Json()) == true;
}

std::string sentencepiece_of_json(const std::filesystem::path& file) {
  return Reader(file).model();
}

}  // namespace ecg_lora::text
