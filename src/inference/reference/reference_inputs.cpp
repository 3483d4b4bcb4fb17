#include "ecg_lora/inference/reference/reference_pass.h"

#include <algorithm>

#include "ecg_lora/base/error.h"
#include "ecg_lora/tensorio/finite.h"

namespace ecg_lora::inference {
namespace {

using Sizes = std::vector<std::int64_t>;

/// The tensors of an input file, each held against the shape and the range that it must have.
class Inputs {
 public:
  explicit Inputs(const std::string& path) try : path_(path), file_(path) {
  } catch (const Error& error) {
    throw_data(error.what());  // a damaged file of inputs is data, no checkpoint
  }

  bool has(const char* name) const { return file_.has(name); }

  /// Whole numbers from `smallest` to `greatest`.
  at::Tensor integers(const char* name, const Sizes& shape, std::int64_t smallest,
                      std::int64_t greatest) const {
    const auto found = sized(name, shape);
    const auto result = found.to(at::kLong, false, true);
    const bool fits = c10::isIntegralType(found.scalar_type(), /*includeBool=*/true) &&
                      (result.numel() == 0 || (result.min().item<std::int64_t>() >= smallest &&
                                               result.max().item<std::int64_t>() <= greatest));
    if (!fits) refuse(name, cat("whole numbers from ", smallest, " to ", greatest), "others");
    return result;
  }
  /// Finite numbers.
  at::Tensor numbers(const char* name, const Sizes& shape) const {
    const auto result = sized(name, shape).clone();
    if (!c10::isFloatingType(result.scalar_type()) || !tensorio::all_finite(result))
      refuse(name, "floating-point numbers that are finite", "others");
    return result;
  }
  /// Sizes of a tensor of `dimensions` dimensions, each at least 1.
  Sizes sizes(const char* name, std::size_t dimensions) const {
    const auto found = file_.tensor(name).sizes().vec();
    if (found.size() != dimensions || std::count(found.begin(), found.end(), 0) > 0)
      refuse(name, cat(dimensions, " dimensions, none of them 0"),
             cat("[", c10::Join(", ", found), "]"));
    return found;
  }

 private:
  at::Tensor sized(const char* name, const Sizes& shape) const {
    const auto found = file_.tensor(name);
    if (found.sizes() != at::IntArrayRef(shape))
      refuse(name, cat("[", c10::Join(", ", shape), "]"),
             cat("[", c10::Join(", ", found.sizes()), "]"));
    return found;
  }
  [[noreturn]] void refuse(const char* name, const std::string& expected,
                           const std::string& got) const {
    throw_data(path_, ": ", name, ": expected ", expected, ", got ", got,
               "; write the inputs for this model");
  }

  std::string path_;
  tensorio::SafetensorsFile file_;
};

void add_pages(data::Batch& batch, const Inputs& in, const model::VisionConfig& vision) {
  const auto rows = batch.tokens.size(0), count = batch.tokens.size(1), tiles = vision.max_tiles,
             size = vision.image_size;
  const auto shape = in.sizes("pixel_values", 6);
  const auto pages = shape[0], page_images = shape[1],
             canvases = static_cast<std::int64_t>(vision.aspect_ratios.size());
  batch.pixels =
      in.numbers("pixel_values", {pages, page_images, tiles, vision.channels, size, size})
          .flatten(0, 1);
  batch.aspect_ratio_id =
      in.integers("aspect_ratio_ids", {pages, page_images}, 0, canvases).flatten();
  batch.aspect_ratio_mask =
      in.integers("aspect_ratio_mask", {pages, page_images, tiles}, 0, 1).flatten(0, 1);
  auto images = page_images;
  if (in.has("row_images")) {
    images = in.sizes("row_images", 2)[1];
    batch.row_images = in.integers("row_images", {rows, images}, -1, pages * page_images - 1);
  } else {
    batch.row_images = at::arange(pages * page_images, at::kLong).view({pages, page_images});
    if (pages != rows)
      throw_data("pixel_values: expected the pages of ", rows, " rows, got those of ", pages,
                 "; add row_images");
  }
  const Sizes seen{rows, count, images, tiles};
  batch.cross_mask = in.has("cross_attention_mask")
                         ? in.integers("cross_attention_mask", seen, 0, 1).ne(0)
                         : at::ones(seen, at::kBool);
}

}  // namespace

data::Batch read_batch(const std::string& path, const model::ModelConfig& config) {
  const Inputs in(path);
  const auto shape = in.sizes("input_ids", 2);
  const auto vocabulary = config.text.vocab_size;
  data::Batch batch;
  batch.tokens = in.integers("input_ids", shape, 0, vocabulary + 7);
  batch.attention_mask = in.has("attention_mask") ? in.integers("attention_mask", shape, 0, 1)
                                                  : at::ones(shape, at::kLong);
  batch.labels = in.has("labels") ? in.integers("labels", shape, -100, vocabulary - 1)
                                  : at::full(shape, -100, at::kLong);
  if (batch.labels.lt(0).logical_and(batch.labels.ne(-100)).any().item<bool>())
    throw_data(path,
               ": labels: expected -100 (not learnt) or a token, got another negative number; "
               "write the inputs for this model");
  if (in.has("pixel_values")) add_pages(batch, in, config.vision);
  return batch;
}

}  // namespace ecg_lora::inference
