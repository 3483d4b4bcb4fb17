// The tokens of a byte-pair encoding, and which pairs of them merge.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ecg_lora::text {

/// Tokens by their bytes, and pairs by their ids, in flat tables: a look-up is one hash and about
/// one cache line.
class Vocabulary {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;

  /// What two neighbours become. The pair of lowest rank merges first.
  struct Merge {
    std::uint32_t rank = kNone, id = kNone;
  };

  /// REQUIRES: ids below `none`, and a token for each byte.
  explicit Vocabulary(const std::unordered_map<std::string, std::int64_t>& tokens);

  /// If the pair is known already, the first entry stays.
  void add_merge(std::uint32_t left, std::uint32_t right, Merge merge);
  /// Merges as tiktoken has them: any two tokens whose bytes together are a token merge to it,
  /// ranked by its id.
  void add_merges_by_id();

  std::uint32_t id(std::string_view bytes) const;  ///< none if there is no such token
  std::uint32_t id(unsigned char byte) const { return byte_ids_[byte]; }
  std::int64_t ids() const {
    return static_cast<std::int64_t>(tokens_.size());
  }  ///< one more than the largest
  std::string_view bytes(std::uint32_t id) const {
    return id < tokens_.size() ? tokens_[id] : std::string_view();
  }
  Merge merge(std::uint32_t left, std::uint32_t right) const;

 private:
  struct Slot {
    std::uint32_t left = kNone, right = kNone;
    Merge merge;
  };
  void place(const Slot& slot);
  void grow();

  std::unique_ptr<char[]>
      text_;  ///< of all tokens, one behind the other; stays in place when the vocabulary moves
  std::vector<std::string_view> tokens_;  ///< by id, into text_
  std::vector<std::pair<std::uint32_t, std::uint32_t>>
      by_bytes_;               ///< open addressing: upper half of the hash, id
  std::vector<Slot> by_pair_;  ///< open addressing
  std::size_t merges_ = 0;
  std::uint32_t byte_ids_[256];
};

}  // namespace ecg_lora::text
