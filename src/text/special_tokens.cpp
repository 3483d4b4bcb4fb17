#include "special_tokens.h"

#include <algorithm>
#include <functional>

namespace ecg_lora::text {

const std::vector<std::string>& special_tokens() {
  static const std::vector<std::string> kTokens = {
      "<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>",
      "<|end_header_id|>", "<|eot_id|>",      "<|finetune_right_pad_id|>",
      "<|image|>"};
  return kTokens;
}

SpecialTokens::SpecialTokens(const Specials& specials) {
  for (const auto& [token, id] : specials) {
    if (token.empty() || !ids_.emplace(token, id).second) continue;
    if (first_.find(token[0]) == std::string::npos) first_ += token[0];
    if (std::find(lengths_.begin(), lengths_.end(), token.size()) == lengths_.end())
      lengths_.push_back(token.size());
  }
  std::sort(lengths_.begin(), lengths_.end(), std::greater<>());
}

Part SpecialTokens::longest_at(std::string_view text) const {
  for (const auto length : lengths_) {
    if (length > text.size()) continue;
    if (const auto found = ids_.find(text.substr(0, length)); found != ids_.end())
      return {text.substr(0, length), found->second};
  }
  return {};
}

std::optional<std::int64_t> SpecialTokens::id(std::string_view token) const {
  const auto found = ids_.find(token);
  return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace ecg_lora::text
