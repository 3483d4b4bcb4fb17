// Files of byte-level BPE tokenizers.
#include "bpe.h"

#include <algorithm>
#include <unordered_map>

#include "bpe_tokenizer.h"
#include "byte_level.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/base/json_number.h"
#include "ecg_lora/base/lines.h"
#include "llama3_ranks.h"
#include "split_llama3.h"

namespace ecg_lora::text {
namespace {

constexpr std::size_t kLongestRank = 200;             ///< bytes of a line of a file of ranks
constexpr std::int64_t kLargestVocabulary = 1 << 24;  ///< ids; memory is taken for each

/// "merges" in either form, ["a b", ...] or [["a", "b"], ...], best first.
void add_merges(Vocabulary& vocabulary, const Json& merges, const std::string& origin) {
  std::uint32_t rank = 0;
  for (const auto& merge : merges.get_ref<const Json::array_t&>()) {
    std::string left, right;
    if (merge.is_string()) {
      const auto text = merge.get<std::string>();
      const auto space = std::min(text.find(' '), text.size());
      left = text.substr(0, space);
      right = text.substr(std::min(space + 1, text.size()));
    } else {
      left = merge.at(0).get<std::string>();
      right = merge.at(1).get<std::string>();
    }
    left = from_stand_ins(left, origin);
    right = from_stand_ins(right, origin);
    const auto a = vocabulary.id(left), b = vocabulary.id(right),
               whole = vocabulary.id(left + right);
    if (a == Vocabulary::kNone || b == Vocabulary::kNone || whole == Vocabulary::kNone)
      throw_checkpoint(origin, " merges ", merge.dump(),
                       ", expected tokens of its vocabulary that make a third; use the "
                       "checkpoint's own tokenizer.json");
    vocabulary.add_merge(a, b, {rank++, whole});
  }
}

std::string split_pattern(const Json& json) {
  const auto& pre = json.at("pre_tokenizer");
  const auto parts =
      pre.value("type", "") == "Sequence" ? pre.at("pretokenizers") : Json::array({pre});
  for (const auto& part : parts)
    if (part.value("type", "") == "Split") return part.at("pattern").at("Regex").get<std::string>();
  return kLlama3Pattern;
}

/// Which token has which id: an id beyond `limit`, or two tokens of one id, are damage.
class Owners {
 public:
  Owners(std::int64_t limit, const std::string& origin) : limit_(limit), origin_(origin) {}

  void add(const std::string& token, std::int64_t id) {
    if (id < 0 || id >= limit_)
      throw_checkpoint(origin_, " gives a token the id ", id, ", expected 0 to ", limit_ - 1,
                       "; copy the checkpoint's tokenizer file again");
    const auto [other, fresh] = token_of_.emplace(id, token);
    if (!fresh && other->second != token)
      throw_checkpoint(origin_, " gives the id ", id, " to the tokens '", other->second, "' and '",
                       token, "', expected one each; copy the checkpoint's tokenizer file again");
  }

 private:
  std::int64_t limit_;
  const std::string& origin_;
  std::unordered_map<std::int64_t, std::string_view> token_of_;
};

/// Every text can be encoded if each byte is a token. A special token may stand in the vocabulary
/// as well, under the same id.
void check_ids(const Tokens& tokens, const Specials& specials, std::int64_t limit,
               const std::string& origin) {
  for (int byte = 0; byte < 256; ++byte)
    if (!tokens.count(std::string(1, static_cast<char>(byte))))
      throw_checkpoint(
          origin, " has no token for byte ", byte,
          ", expected one for each of the 256; copy the checkpoint's tokenizer file again");
  Owners owners(limit, origin);
  for (const auto& [token, id] : tokens) owners.add(token, id);
  std::unordered_map<std::string_view, std::int64_t> id_of;
  for (const auto& [token, id] : specials) {
    owners.add(token, id);
    const auto in_vocabulary = tokens.find(token);
    const auto first = in_vocabulary != tokens.end() ? in_vocabulary->second
                                                     : id_of.emplace(token, id).first->second;
    if (first != id)
      throw_checkpoint(origin, " gives the token '", token, "' the ids ", first, " and ", id,
                       ", expected one; copy the checkpoint's tokenizer file again");
  }
}

}  // namespace

bool is_llama3_json(const std::filesystem::path& file) {
  const auto type_is = [](const Json& json, const char* part, const char* type) {
    const auto found = json.is_object() ? json.find(part) : json.end();
    return found != json.end() && found->is_object() && found->contains("type") &&
           (*found)["type"] == type;
  };
  const auto json = read_json(file, ExitCode::checkpoint);
  return type_is(json, "model", "BPE") && type_is(json, "decoder", "ByteLevel");
}

bool is_llama3_ranks(const std::filesystem::path& file) {
  const auto line = first_line(file, kLongestRank, ExitCode::checkpoint);
  const auto space = line.find(' ');
  return space != std::string::npos && space > 0 && space + 1 < line.size() &&
         line.size() < kLongestRank &&
         std::all_of(line.begin() + static_cast<std::ptrdiff_t>(space) + 1, line.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

std::unique_ptr<Tokenizer> load_llama3_json(const std::filesystem::path& file) {
  const auto json = read_json(file, ExitCode::checkpoint);
  Tokens tokens;
  Specials specials;
  try {
    const auto& model = json.at("model");
    for (const auto& [token, id] : model.at("vocab").items())
      tokens[from_stand_ins(token, file.string())] = whole_number(id);
    for (const auto& token : json.at("added_tokens"))
      specials.emplace_back(token.at("content").get<std::string>(), whole_number(token.at("id")));
    check_ids(tokens, specials, kLargestVocabulary, file.string());
    Vocabulary vocabulary(tokens);
    add_merges(vocabulary, model.at("merges"), file.string());
    return std::make_unique<BpeTokenizer>(std::move(vocabulary), std::move(specials),
                                          split_pattern(json), model.value("ignore_merges", false));
  } catch (const nlohmann::json::exception& error) {
    throw_checkpoint(file.string(),
                     " lacks a vocabulary, merges, added tokens or a split pattern (", error.what(),
                     "); use the checkpoint's own tokenizer.json");
  }
}

std::unique_ptr<Tokenizer> load_llama3_ranks(const std::filesystem::path& file) {
  const auto tokens = read_llama3_ranks(file);
  const auto count = static_cast<std::int64_t>(tokens.size());
  check_ids(tokens, {}, count, file.string());
  Vocabulary vocabulary(tokens);
  vocabulary.add_merges_by_id();
  return std::make_unique<BpeTokenizer>(std::move(vocabulary), llama3_specials(count),
                                        kLlama3Pattern, true);
}

}  // namespace ecg_lora::text
