// One word to tokens: neighbours merge, the pair of lowest rank first, the leftmost of equals.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "vocabulary.h"

namespace ecg_lora::text {

/// Buffers are kept from word to word; not for several threads at once.
class WordEncoder {
 public:
  /// With `whole_words`, a word that is a token is that token, whatever its bytes merge to.
  WordEncoder(const Vocabulary& vocabulary, bool whole_words)
      : vocabulary_(vocabulary), whole_words_(whole_words) {}

  void encode(std::string_view word, std::vector<std::int64_t>& ids);

 private:
  struct Piece {
    std::uint32_t id;
    Vocabulary::Merge merge;  ///< with the piece after it
  };
  struct Link {
    std::uint32_t previous, next;
  };
  struct Waiting {
    std::uint32_t rank, position, left,
        right;  ///< ids at the time; the pair may have merged otherwise since
    /// For a heap whose top is the lowest rank, the leftmost of equals.
    bool operator<(const Waiting& other) const {
      return rank != other.rank ? rank > other.rank : position > other.position;
    }
  };
  void encode_short(std::string_view word, std::vector<std::int64_t>& ids);
  void encode_long(std::string_view word, std::vector<std::int64_t>& ids);
  void wait(std::uint32_t position);

  const Vocabulary& vocabulary_;
  bool whole_words_;
  std::vector<Piece> pieces_;
  std::vector<Link> links_;
  std::vector<Waiting> heap_;
};

}  // namespace ecg_lora::text
