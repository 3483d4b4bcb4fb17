#include "llama3_ranks.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"

namespace ecg_lora::text {
namespace {

/// The bytes, or nothing if `text` is not base64.
std::optional<std::string> decode_base64(std::string_view text) {
  const std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto digits = std::min(text.find('='), text.size());
  if (text.empty() || text.size() % 4 != 0 || text.size() - digits > 2 ||
      text.find_first_not_of('=', digits) != std::string_view::npos)
    return std::nullopt;
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
  const auto [end, error] =
      std::from_chars(line.data() + space + 1, line.data() + line.size(), rank);
  if (error != std::errc() || end != line.data() + line.size() || rank < 0) return std::nullopt;
  return std::pair(*bytes, rank);
}

}  // namespace

Tokens read_llama3_ranks(const std::filesystem::path& file) {
  const auto text = read_file(file);
  Tokens tokens;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto end = std::min(text.find('\n', at), text.size());
    const auto line = std::string_view(text).substr(at, end - at);
    if (!line.empty()) {
      const auto entry = parse_rank(line);
      if (!entry || !tokens.insert(*entry).second)
        throw_checkpoint(file.string(), " has a line that is no new token at byte ", at,
                         ", expected base64, a space and a rank; copy the file again");
    }
    at = end + 1;
  }
  return tokens;
}

Specials llama3_specials(std::int64_t first) {
  std::vector<std::string> names = {"<|begin_of_text|>",
                                    "<|end_of_text|>",
                                    "<|reserved_special_token_0|>",
                                    "<|reserved_special_token_1|>",
                                    "<|finetune_right_pad_id|>",
                                    "<|step_id|>",
                                    "<|start_header_id|>",
                                    "<|end_header_id|>",
                                    "<|eom_id|>",
                                    "<|eot_id|>",
                                    "<|python_tag|>"};
  for (int i = 2; names.size() < 256; ++i)
    names.push_back("<|reserved_special_token_" + std::to_string(i) + "|>");
  names.emplace_back("<|image|>");
  Specials result;
  for (const auto& name : names) result.emplace_back(name, first++);
  return result;
}

}  // namespace ecg_lora::text
