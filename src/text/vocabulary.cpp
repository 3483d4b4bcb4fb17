#include "vocabulary.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace ecg_lora::text {
namespace {

std::uint64_t mixed(std::uint64_t value) {
  value *= 0x9e3779b97f4a7c15;
  return value ^ value >> 32;
}

/// Eight bytes at a time; the length is part of it.
std::uint64_t hash_of(std::string_view bytes) {
  std::uint64_t hash = bytes.size(), part = 0;
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    std::memcpy(&part, bytes.data(), 8);
    hash = mixed(hash ^ part);
  }
  part = 0;
  std::memcpy(&part, bytes.data(), bytes.size());
  return mixed(mixed(hash ^ part));
}

std::uint64_t hash_of(std::uint32_t left, std::uint32_t right) {
  return mixed(static_cast<std::uint64_t>(left) << 32 | right);
}

}  // namespace

Vocabulary::Vocabulary(const std::unordered_map<std::string, std::int64_t>& tokens) {
  std::size_t bytes = 0;
  std::int64_t largest = -1;
  for (const auto& [token, id] : tokens) {
    bytes += token.size();
    largest = std::max(largest, id);
  }
  text_ = std::make_unique<char[]>(bytes);
  char* end = text_.get();
  tokens_.resize(static_cast<std::size_t>(largest + 1));
  by_bytes_.assign(std::bit_ceil(tokens.size() * 2), {0, kNone});
  for (const auto& [token, id] : tokens) {
    const auto number = static_cast<std::uint32_t>(id);
    tokens_[number] = std::string_view(end, token.size());
    end = std::copy(token.begin(), token.end(), end);
    const auto hash = hash_of(token);
    auto at = hash & (by_bytes_.size() - 1);
    while (by_bytes_[at].second != kNone) at = (at + 1) & (by_bytes_.size() - 1);
    by_bytes_[at] = {static_cast<std::uint32_t>(hash >> 32), number};
  }
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    byte_ids_[byte] = id(std::string_view(&c, 1));
  }
  by_pair_.resize(1024);
}

std::uint32_t Vocabulary::id(std::string_view bytes) const {
  const auto hash = hash_of(bytes);
  for (auto at = hash & (by_bytes_.size() - 1); by_bytes_[at].second != kNone;
       at = (at + 1) & (by_bytes_.size() - 1))
    if (by_bytes_[at].first == static_cast<std::uint32_t>(hash >> 32) &&
        tokens_[by_bytes_[at].second] == bytes)
      return by_bytes_[at].second;
  return kNone;
}

Vocabulary::Merge Vocabulary::merge(std::uint32_t left, std::uint32_t right) const {
  const auto mask = by_pair_.size() - 1;
  for (auto at = hash_of(left, right) & mask; by_pair_[at].left != kNone; at = (at + 1) & mask)
    if (by_pair_[at].left == left && by_pair_[at].right == right) return by_pair_[at].merge;
  return {};
}

void Vocabulary::add_merge(std::uint32_t left, std::uint32_t right, Merge merge) {
  if (2 * ++merges_ > by_pair_.size()) grow();
  place({left, right, merge});
}

void Vocabulary::place(const Slot& slot) {
  const auto mask = by_pair_.size() - 1;
  auto at = hash_of(slot.left, slot.right) & mask;
  while (by_pair_[at].left != kNone &&
         (by_pair_[at].left != slot.left || by_pair_[at].right != slot.right))
    at = (at + 1) & mask;
  if (by_pair_[at].left == kNone) by_pair_[at] = slot;
}

void Vocabulary::grow() {
  std::vector<Slot> old(by_pair_.size() * 2);
  old.swap(by_pair_);
  for (const auto& slot : old)
    if (slot.left != kNone) place(slot);
}

void Vocabulary::add_merges_by_id() {
  for (std::uint32_t whole = 0; whole < tokens_.size(); ++whole) {
    const auto bytes = tokens_[whole];
    for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
      const auto left = id(bytes.substr(0, cut));
      const auto right = left == kNone ? kNone : id(bytes.substr(cut));
      if (right != kNone) add_merge(left, right, {whole, whole});
    }
  }
}

}  // namespace ecg_lora::text
