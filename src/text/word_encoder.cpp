#include "word_encoder.h"

#include <algorithm>

namespace ecg_lora::text {
namespace {

constexpr std::size_t kLongestShort =
    64;  ///< bytes; up to there a search along the pieces is faster than a heap
constexpr auto kNone = Vocabulary::kNone;

}  // namespace

void WordEncoder::encode(std::string_view word, std::vector<std::int64_t>& ids) {
  if (whole_words_ || word.size() == 1)
    if (const auto whole = vocabulary_.id(word); whole != kNone) return ids.push_back(whole);
  pieces_.resize(word.size());
  for (std::size_t i = 0; i < word.size(); ++i)
    pieces_[i].id = vocabulary_.id(static_cast<unsigned char>(word[i]));
  word.size() <= kLongestShort ? encode_short(word, ids) : encode_long(word, ids);
}

void WordEncoder::encode_short(std::string_view word, std::vector<std::int64_t>& ids) {
  auto count = word.size();
  for (std::size_t i = 0; i < count; ++i)
    pieces_[i].merge =
        i + 1 < count ? vocabulary_.merge(pieces_[i].id, pieces_[i + 1].id) : Vocabulary::Merge{};
  while (count > 1) {
    std::size_t best = 0;
    for (std::size_t i = 1; i < count; ++i)
      if (pieces_[i].merge.rank < pieces_[best].merge.rank) best = i;
    if (pieces_[best].merge.rank == kNone) break;
    pieces_[best].id = pieces_[best].merge.id;
    std::copy(pieces_.begin() + static_cast<std::ptrdiff_t>(best) + 2,
              pieces_.begin() + static_cast<std::ptrdiff_t>(count),
              pieces_.begin() + static_cast<std::ptrdiff_t>(best) + 1);
    --count;
    pieces_[best].merge = best + 1 < count
                              ? vocabulary_.merge(pieces_[best].id, pieces_[best + 1].id)
                              : Vocabulary::Merge{};
    if (best > 0)
      pieces_[best - 1].merge = vocabulary_.merge(pieces_[best - 1].id, pieces_[best].id);
  }
  for (std::size_t i = 0; i < count; ++i) ids.push_back(pieces_[i].id);
}

/// Puts the pair that begins at `position` on the heap, if it merges.
void WordEncoder::wait(std::uint32_t position) {
  const auto next = links_[position].next;
  if (next == kNone) return;
  auto& piece = pieces_[position];
  piece.merge = vocabulary_.merge(piece.id, pieces_[next].id);
  if (piece.merge.rank == kNone) return;
  heap_.push_back({piece.merge.rank, position, piece.id, pieces_[next].id});
  std::push_heap(heap_.begin(), heap_.end());
}

void WordEncoder::encode_long(std::string_view word, std::vector<std::int64_t>& ids) {
  const auto count = static_cast<std::uint32_t>(word.size());
  links_.resize(count);
  for (std::uint32_t i = 0; i < count; ++i)
    links_[i] = {i == 0 ? kNone : i - 1, i + 1 == count ? kNone : i + 1};
  heap_.clear();
  for (std::uint32_t i = 0; i < count; ++i) wait(i);
  while (!heap_.empty()) {
    const auto top = heap_.front();
    std::pop_heap(heap_.begin(), heap_.end());
    heap_.pop_back();
    const auto next = links_[top.position].next;
    if (pieces_[top.position].id != top.left || next == kNone || pieces_[next].id != top.right)
      continue;
    pieces_[top.position].id = vocabulary_.merge(top.left, top.right).id;
    pieces_[next].id = kNone;  // no longer a piece
    const auto after = links_[top.position].next = links_[next].next;
    if (after != kNone) links_[after].previous = top.position;
    wait(top.position);
    if (links_[top.position].previous != kNone) wait(links_[top.position].previous);
  }
  for (std::uint32_t i = 0; i != kNone; i = links_[i].next) ids.push_back(pieces_[i].id);
}

}  // namespace ecg_lora::text
