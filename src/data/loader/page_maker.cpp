#include "ecg_lora/data/loader/page_maker.h"

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/random.h"
#include "ecg_lora/instruct/format/instruction_item.h"
#include "picture_size.h"

namespace ecg_lora::data {
namespace {

/// Pictures with more pixels are refused before they are decoded: 64 million is A4 at 800 dpi.
constexpr std::int64_t kMaxPixels = 64'000'000;

page::Image read_picture(const std::filesystem::path& path) {
  const auto size = picture_size(read_file(path));
  if (!size)
    throw_data(path.string(),
               " is no PNG, JPEG, WebP or BMP picture, expected one of a page; the file ",
               "is damaged or of another kind, make it again");
  if (size->width <= 0 || size->height <= 0 || size->width > kMaxPixels / size->height)
    throw_data(path.string(), " has ", size->width, " x ", size->height,
               " px, expected at least 1 x 1 and at most ", kMaxPixels,
               " px in all; make it smaller, or remove it");
  return page::read_image(path);
}

}  // namespace

std::uint64_t PageRef::key() const {
  return instruct::image_key({path.filename().string()});
}

page::Image PageMaker::picture(const PageRef& ref, std::int64_t epoch) const {
  if (!ref.recording) return times_->time(Stage::read, [&] { return read_picture(ref.path); });
  const auto record = times_->time(Stage::read, [&] { return wfdb::read_record(ref.path); });
  const bool look = page_.header && ref.known.empty();
  const auto header = page::header_of(record, look ? tables_->of(ref.path) : ref.known);
  auto page = times_->time(Stage::draw, [&] { return page::draw_page(record, page_, header); });
  if (!paper_.is_clean())
    times_->time(Stage::paper, [&] {
      return page::apply_paper(page, paper_, seed_,
                               Random{static_cast<std::uint64_t>(epoch), ref.key()}.bits());
    });
  return std::move(page.image);
}

Tiles PageMaker::tiles(const PageRef& ref, std::int64_t epoch) const {
  const auto image = picture(ref, epoch);
  ++times_->pages;
  return times_->time(Stage::tile, [&] { return make_tiles(image, image_); });
}

}  // namespace ecg_lora::data
