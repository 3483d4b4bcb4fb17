#include "special_tokens.h"

namespace ecg_lora::text {

const std::vector<std::string>& special_tokens() {
  static const std::vector<std::string> tokens = {"<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>",
                                                  "<|eot_id|>", "<|finetune_right_pad_id|>", "<|image|>"};
  return tokens;
}

std::vector<Part> split_specials(std::string_view text, const Specials& specials) {
  std::vector<Part> parts;
  std::size_t plain = 0, at = 0;
  // Every special token begins with "<|": nothing else need be looked at.
  while ((at = text.find("<|", at)) != std::string_view::npos) {
    const std::pair<std::string, std::int64_t>* longest = nullptr;
    for (const auto& special : specials)
      if (text.compare(at, special.first.size(), special.first) == 0 && (!longest || special.first.size() > longest->first.size()))
        longest = &special;
    if (!longest) {
      ++at;
      continue;
    }
    if (at > plain) parts.push_back({text.substr(plain, at - plain), -1});
    parts.push_back({text.substr(at, longest->first.size()), longest->second});
    at += longest->first.size();
    plain = at;
  }
  if (plain < text.size()) parts.push_back({text.substr(plain), -1});
  return parts;
}

}  // namespace ecg_lora::text
