#include "phrase_index.h"

#include <algorithm>
#include <utility>

namespace ecg_lora::metrics {
namespace {

bool parts_words(Token::Kind mark) {
  return mark == Token::Kind::slash || mark == Token::Kind::open || mark == Token::Kind::close;
}

}  // namespace

void PhraseIndex::add(std::string_view phrase, std::size_t id) {
  Phrase added;
  added.id = id;
  auto mark = Token::Kind::word;
  for (auto& token : tokens_of(phrase)) {
    const auto kind = token.kind;
    if (kind == Token::Kind::word) {
      added.words.push_back(std::move(token));
      added.marks.push_back(std::exchange(mark, Token::Kind::word));
    } else if (mark == Token::Kind::word) {
      mark = kind;
    }
    added.closes = kind == Token::Kind::close;
  }
  if (added.words.empty()) return;
  auto& same = by_first_[added.words.front().text];
  const auto shorter = [&](const Phrase& p) { return p.words.size() < added.words.size(); };
  same.insert(std::find_if(same.begin(), same.end(), shorter), std::move(added));
}

PhraseIndex::Match PhraseIndex::at(const std::vector<Token>& tokens, std::size_t i) const {
  const auto found = by_first_.find(tokens[i].text);
  if (tokens[i].kind != Token::Kind::word || found == by_first_.end()) return {};
  for (const auto& phrase : found->second) {
    auto next = i + 1;
    std::size_t k = 1;
    for (; k < phrase.words.size() && next < tokens.size(); ++k, ++next) {
      const auto kind = tokens[next].kind;
      if (kind != Token::Kind::word && (parts_words(kind) || kind == phrase.marks[k]) &&
          next + 1 < tokens.size())
        ++next;
      if (tokens[next].kind != Token::Kind::word || tokens[next].text != phrase.words[k].text)
        break;
    }
    if (k < phrase.words.size()) continue;
    if (phrase.closes && next < tokens.size() && tokens[next].kind == Token::Kind::close) ++next;
    return {phrase.id, k, next};
  }
  return {};
}

}  // namespace ecg_lora::metrics
