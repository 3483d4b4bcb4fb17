// The batch that a model takes. Free of any image or text library: training and generation see only
// this header.
#pragma once

#include <ATen/ATen.h>

#include <memory>
#include <optional>
#include <vector>

namespace ecg_lora::data {

/// Each image once, and the text rows that refer to it. B rows, S text tokens, I images, M most
/// images per row, T tiles per image of H x W px. It stays in host memory: what the shape of the
/// work depends on is read there, and the model takes the rest to its device, so that nothing waits
/// for the device. (In decoding, `tokens` are where they were chosen.)
struct Batch {
  at::Tensor pixels;             ///< [I, T, 3, H, W] fp32, normalised; undefined if I = 0
  at::Tensor aspect_ratio_id;    ///< [I] int64; 1 … 8 (0 marks a padding image)
  at::Tensor aspect_ratio_mask;  ///< [I, T] int64; 1 for tiles with content
  at::Tensor tokens;             ///< [B, S] int64
  at::Tensor attention_mask;     ///< [B, S] int64; 0 for padding
  at::Tensor row_images;         ///< [B, M] int64, indices of images; -1 for none
  at::Tensor cross_mask;         ///< [B, S, M, T] bool, true: the token may attend to the tile
  /// [B, S] int64, not shifted: a token that is to be learnt is its own label; others have -100.
  at::Tensor labels;
  std::vector<std::int64_t> sample_ids;  ///< [B] Conversation::id of each row, for messages

  std::int64_t rows() const { return tokens.size(0); }
};

/// Something that yields batches in an order that is a pure function of (seed, epoch).
class BatchSource {
 public:
  virtual ~BatchSource() = default;
  /// Batches in one epoch.
  virtual std::int64_t size() const = 0;
  /// Batch `index` (from 0 to size() - 1) of `epoch`. The same call gives the same bytes, whatever
  /// was asked for before. Throws what making it throws.
  virtual Batch get(std::int64_t epoch, std::int64_t index) = 0;
};

/// The batches of `source` for process `rank` of `ranks`: every `ranks`-th from the `rank`-th on,
/// over all epochs. size() is still that of `source`, so that batch k of this process is get(k /
/// size(), k % size()).
std::unique_ptr<BatchSource> share_of(std::unique_ptr<BatchSource> source, int rank, int ranks);
/// The batches of `source` with pixels in pinned (page-locked) memory, from which a copy to a CUDA
/// device waits for nothing. c10::Error from get() without a CUDA device.
std::unique_ptr<BatchSource> pinned(std::unique_ptr<BatchSource> source);
/// How many of the `size` batches of the first epoch share_of() gives to `rank`.
std::int64_t share_size(std::int64_t size, std::int64_t rank, std::int64_t ranks);

}  // namespace ecg_lora::data
