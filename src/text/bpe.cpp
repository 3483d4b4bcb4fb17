#include <algorithm>

#include "bpe_tokenizer.h"
#include "word_encoder.h"

namespace ecg_lora::text {

BpeTokenizer::BpeTokenizer(Vocabulary vocabulary, Specials specials, const std::string& pattern,
                           bool whole_words)
    : vocabulary_(std::move(vocabulary)),
      specials_(specials),
      splitter_(pattern),
      whole_words_(whole_words),
      size_(vocabulary_.ids()) {
  for (const auto& [token, id] : specials) {
    special_text_[id] = token;
    size_ = std::max(size_, id + 1);
  }
}

std::vector<std::int64_t> BpeTokenizer::encode(std::string_view text) const {
  std::vector<std::int64_t> ids;
  ids.reserve(text.size() / 3 + 8);
  WordEncoder encoder(vocabulary_, whole_words_);
  std::vector<std::string_view> words;
  specials_.cut(text, [&](const Part& part) {
    if (part.special >= 0) return ids.push_back(part.special);
    words.clear();
    splitter_.split(part.text, words);
    for (const auto word : words) encoder.encode(word, ids);
  });
  return ids;
}

std::string BpeTokenizer::decode(const std::vector<std::int64_t>& ids, bool skip_special) const {
  std::string text;
  for (const auto id : ids) {
    if (const auto special = special_text_.find(id); special != special_text_.end())
      text += skip_special ? "" : special->second;
    else if (id >= 0 && id < size_)
      text += vocabulary_.bytes(static_cast<std::uint32_t>(id));
  }
  return text;
}

std::optional<std::int64_t> BpeTokenizer::id(std::string_view token) const {
  if (const auto special = specials_.id(token)) return special;
  const auto found = vocabulary_.id(token);
  return found == Vocabulary::kNone ? std::nullopt : std::optional<std::int64_t>(found);
}

}  // namespace ecg_lora::text
