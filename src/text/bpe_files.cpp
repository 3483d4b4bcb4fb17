// Files of byte-level BPE tokenizers.
#include "bpe.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <unordered_map>

#include "bpe_tokenizer.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json.h"
#include "split_llama3.h"

namespace ecg_lora::text {
namespace {

using Tokens = std::unordered_map<std::string, std::int64_t>;
constexpr std::int64_t largest_vocabulary = 1 << 24;  ///< ids; memory is taken for each

/// GPT-2's printable stand-ins: code point to byte.
std::unordered_map<char32_t, char> byte_of_codepoint() {
  std::unordered_map<char32_t, char> result;
  char32_t extra = 256;
  for (int byte = 0; byte < 256; ++byte) {
    const bool printable = (byte >= '!' && byte <= '~') || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    result[printable ? static_cast<char32_t>(byte) : extra++] = static_cast<char>(byte);
  }
  return result;
}

/// "Ġthe" to " the".
std::string to_bytes(const std::string& token, const std::unordered_map<char32_t, char>& table, const std::string& origin) {
  std::string bytes;
  for (std::size_t i = 0; i < token.size();) {
    const auto lead = static_cast<unsigned char>(token[i]);
    const std::size_t length = lead < 0x80 ? 1 : 2;  // no stand-in lies above U+0143
    char32_t point = lead < 0x80 ? lead : lead & 0x1f;
    if (length == 2 && i + 1 < token.size()) point = point << 6 | (static_cast<unsigned char>(token[i + 1]) & 0x3f);
    const auto found = table.find(point);
    if (found == table.end()) throw_checkpoint(origin, " has the token '", token, "', which is not written in byte-level characters; use the checkpoint's own tokenizer.json");
    bytes += found->second;
    i += length;
  }
  return bytes;
}

/// "merges" in either form, ["a b", ...] or [["a", "b"], ...], best first.
void add_merges(Vocabulary& vocabulary, const Json& merges, const std::unordered_map<char32_t, char>& table, const std::string& origin) {
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
    left = to_bytes(left, table, origin);
    right = to_bytes(right, table, origin);
    const auto a = vocabulary.id(left), b = vocabulary.id(right), whole = vocabulary.id(left + right);
    if (a == Vocabulary::none || b == Vocabulary::none || whole == Vocabulary::none)
      throw_checkpoint(origin, " merges ", merge.dump(), ", expected tokens of its vocabulary that make a third; use the checkpoint's own tokenizer.json");
    vocabulary.add_merge(a, b, {rank++, whole});
  }
}

std::string split_pattern(const Json& json) {
  const auto& pre = json.at("pre_tokenizer");
  const auto parts = pre.value("type", "") == "Sequence" ? pre.at("pretokenizers") : Json::array({pre});
  for (const auto& part : parts)
    if (part.value("type", "") == "Split") return part.at("pattern").at("Regex").get<std::string>();
  return llama3_pattern;
}

/// The bytes, or nothing where `text` is not base64.
std::optional<std::string> decode_base64(std::string_view text) {
  const std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto digits = std::min(text.find('='), text.size());
  if (text.empty() || text.size() % 4 != 0 || text.size() - digits > 2 || text.find_first_not_of('=', digits) != std::string_view::npos) return std::nullopt;
  std::string bytes;
  unsigned value = 0, bits = 0;
  for (const char c : text.substr(0, digits)) {
    const auto digit = alphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    value = value << 6 | static_cast<unsigned>(digit);
    if ((bits += 6) >= 8) bytes += static_cast<char>(value >> (bits -= 8) & 0xff);
  }
  return bytes;
}

/// "aGVsbG8= 15339" as bytes and rank, or nothing.
std::optional<std::pair<std::string, std::int64_t>> parse_rank(std::string_view line) {
  const auto space = line.find(' ');
  const auto bytes = decode_base64(line.substr(0, space));
  if (space == std::string_view::npos || !bytes) return std::nullopt;
  std::int64_t rank = 0;
  const auto [end, error] = std::from_chars(line.data() + space + 1, line.data() + line.size(), rank);
  if (error != std::errc() || end != line.data() + line.size() || rank < 0) return std::nullopt;
  return std::pair(*bytes, rank);
}

/// Every text can be encoded where each byte is a token; ids beyond `limit` are damage.
void check_ids(const Tokens& tokens, const Specials& specials, std::int64_t limit, const std::string& origin) {
  for (int byte = 0; byte < 256; ++byte)
    if (!tokens.count(std::string(1, static_cast<char>(byte))))
      throw_checkpoint(origin, " has no token for byte ", byte, ", expected one for each of the 256; copy the checkpoint's tokenizer file again");
  const auto check = [&](std::int64_t id) {
    if (id < 0 || id >= limit)
      throw_checkpoint(origin, " gives a token the id ", id, ", expected 0 to ", limit - 1, "; copy the checkpoint's tokenizer file again");
  };
  for (const auto& [token, id] : tokens) check(id);
  for (const auto& [token, id] : specials) check(id);
}

/// The special tokens of Llama 3.2 Vision behind the ranks, in Meta's order (llama_models, tokenizer.py): <|image|> is the
/// 257th, and has an embedding but no logit.
Specials llama3_specials(std::int64_t first) {
  std::vector<std::string> names = {"<|begin_of_text|>", "<|end_of_text|>", "<|reserved_special_token_0|>", "<|reserved_special_token_1|>",
                                    "<|finetune_right_pad_id|>", "<|step_id|>", "<|start_header_id|>", "<|end_header_id|>", "<|eom_id|>",
                                    "<|eot_id|>", "<|python_tag|>"};
  for (int i = 2; names.size() < 256; ++i) names.push_back("<|reserved_special_token_" + std::to_string(i) + "|>");
  names.emplace_back("<|image|>");
  Specials result;
  for (const auto& name : names) result.emplace_back(name, first++);
  return result;
}

}  // namespace

bool is_llama3_json(const std::filesystem::path& file) {
  const auto type_is = [](const Json& json, const char* part, const char* type) {
    const auto found = json.is_object() ? json.find(part) : json.end();
    return found != json.end() && found->is_object() && found->contains("type") && (*found)["type"] == type;
  };
  const auto json = read_json(file, ExitCode::checkpoint);
  return type_is(json, "model", "BPE") && type_is(json, "decoder", "ByteLevel");
}

bool is_llama3_ranks(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string line;
  std::getline(in, line);
  const auto space = line.find(' ');
  return space != std::string::npos && space > 0 && space + 1 < line.size() && line.size() < 200 &&
         std::all_of(line.begin() + static_cast<std::ptrdiff_t>(space) + 1, line.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::unique_ptr<Tokenizer> load_llama3_json(const std::filesystem::path& file) {
  const auto json = read_json(file, ExitCode::checkpoint);
  const auto table = byte_of_codepoint();
  Tokens tokens;
  Specials specials;
  try {
    const auto& model = json.at("model");
    for (const auto& [token, id] : model.at("vocab").items()) tokens[to_bytes(token, table, file.string())] = id.get<std::int64_t>();
    for (const auto& token : json.at("added_tokens")) specials.emplace_back(token.at("content").get<std::string>(), token.at("id").get<std::int64_t>());
    check_ids(tokens, specials, largest_vocabulary, file.string());
    Vocabulary vocabulary(tokens);
    add_merges(vocabulary, model.at("merges"), table, file.string());
    return std::make_unique<BpeTokenizer>(std::move(vocabulary), std::move(specials), split_pattern(json), model.value("ignore_merges", false));
  } catch (const nlohmann::json::exception& error) {
    throw_checkpoint(file.string(), " lacks a vocabulary, merges, added tokens or a split pattern (", error.what(), "); use the checkpoint's own tokenizer.json");
  }
}

std::unique_ptr<Tokenizer> load_llama3_ranks(const std::filesystem::path& file) {
  const auto text = read_file(file);
  Tokens tokens;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto end = std::min(text.find('\n', at), text.size());
    const auto line = std::string_view(text).substr(at, end - at);
    if (!line.empty()) {
      const auto entry = parse_rank(line);
      if (!entry || !tokens.insert(*entry).second)
        throw_checkpoint(file.string(), " has a line that is no new token at byte ", at, ", expected base64, a space and a rank; copy the file again");
    }
    at = end + 1;
  }
  const auto count = static_cast<std::int64_t>(tokens.size());
  check_ids(tokens, {}, count, file.string());
  Vocabulary vocabulary(tokens);
  vocabulary.add_merges_by_id();
  return std::make_unique<BpeTokenizer>(std::move(vocabulary), llama3_specials(count), llama3_pattern, true);
}

}  // namespace ecg_lora::text
