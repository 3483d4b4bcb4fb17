// Pages that cannot be made, and what is noted of them.
#include <opencv2/imgcodecs.hpp>

#include "data/instruct_world.h"
#include "picture_size.h"

namespace ecg_lora::data {
namespace {

using testing::error_of;
using testing::has;
using testing::same;

class BadPages : public testing::InstructWorld {
 protected:
  std::filesystem::path picture(const std::string& name, int width, int height) const {
    cv::imwrite((folder_ / name).string(),
                cv::Mat(height, width, CV_8UC3, cv::Scalar(200, 210, 220)));
    return folder_ / name;
  }
  std::string refusal(const std::filesystem::path& path) const {
    return error_of(ExitCode::data, [&] { PageMaker({}, image_).picture({false, path, {}}, 0); });
  }
  /// A PNG whose header claims another size.
  std::filesystem::path lying_png(std::uint32_t width, std::uint32_t height) const {
    auto bytes = read_file(picture("honest.png", 8, 8));
    for (std::size_t i = 0; i < 4; ++i) {
      bytes[16 + i] = static_cast<char>(width >> (24 - 8 * i));
      bytes[20 + i] = static_cast<char>(height >> (24 - 8 * i));
    }
    write_file(folder_ / "lying.png", bytes);
    return folder_ / "lying.png";
  }
};

TEST_F(BadPages, SizesAreReadFromTheFirstBytes) {
  for (const char* name : {"a.png", "a.jpg", "a.bmp", "a.webp"}) {
    const auto bytes = read_file(picture(name, 37, 21));
    const auto size = picture_size(bytes);
    ASSERT_TRUE(size) << name;
    EXPECT_EQ(size->width, 37) << name;
    EXPECT_EQ(size->height, 21) << name;
    EXPECT_FALSE(picture_size(std::string_view(bytes).substr(0, 18))) << name;
  }
  // Lossless, and with alpha, WebP files begin in other ways.
  for (const int quality : {50, 101})
    for (const int channels : {3, 4}) {
      const cv::Mat pixels(21, 37, CV_8UC(channels), cv::Scalar(200, 210, 220, 7));
      cv::imwrite((folder_ / "b.webp").string(), pixels, {cv::IMWRITE_WEBP_QUALITY, quality});
      const auto size = picture_size(read_file(folder_ / "b.webp"));
      EXPECT_TRUE(size && size->width == 37 && size->height == 21) << quality << ' ' << channels;
    }
  EXPECT_FALSE(picture_size(""));
  EXPECT_FALSE(picture_size("GIF89a            "));
  std::string endless(5000, '\xff');  // segments of no length, then fill bytes to the end
  endless.replace(0, 10, std::string_view("\xff\xd8\xff\xc4\x00\x00\xff\xc4\x00\x00", 10));
  EXPECT_FALSE(picture_size(endless));
}

TEST_F(BadPages, PicturesOfZeroOrOfAHundredMegapixelsAreRefusedByName) {
  EXPECT_TRUE(has(refusal(lying_png(0, 100)), "lying.png has 0 x 100 px"));
  EXPECT_TRUE(has(refusal(lying_png(10'000, 10'000)),
                  "lying.png has 10000 x 10000 px, expected at least 1 x 1 and at most 64000000"));
  EXPECT_TRUE(has(refusal(lying_png(0xffffffff, 0xffffffff)), "4294967295 x 4294967295"));
  EXPECT_TRUE(has(refusal(lying_png(800, 800)), "cannot decode"));
  write_file(folder_ / "empty.png", "");
  EXPECT_TRUE(has(refusal(folder_ / "empty.png"), "empty.png is no PNG, JPEG, WebP or BMP"));
  EXPECT_TRUE(has(refusal(folder_ / "none.png"), "none.png: no such file"));
  write_file(folder_ / "text.jpg", "not a picture");
  EXPECT_TRUE(has(refusal(folder_ / "text.jpg"), "text.jpg is no PNG, JPEG, WebP or BMP"));
}

TEST_F(BadPages, APictureIsReadAsItIs) {
  const auto image = PageMaker({}, image_).picture({false, picture("p.png", 30, 20), {}}, 0);
  EXPECT_EQ(image.width, 30);
  EXPECT_EQ(std::vector<std::uint8_t>(image.rgb.begin(), image.rgb.begin() + 3),
            (std::vector<std::uint8_t>{220, 210, 200}));
}

TEST_F(BadPages, InTheMiddleOfAnEpochStopOrMakeTheBatchSmaller) {
  auto items = mixed_items();
  items.push_back(item(13, {"p.png"}));
  items.push_back(item(14, {"p.png", "1"}));
  picture("p.png", 60, 40);
  const auto path = write(items);
  auto stopping = source(path, false), skipping = source(path, false, 3, instruct::OnBad::skip);
  const auto good = stopping.get(0, 2);
  ASSERT_EQ(good.rows(), 2);
  // Broken once the run has begun.
  write_file(folder_ / "p.png", "damaged");
  std::filesystem::remove(folder_ / "d/records100/00000/00003_lr.dat");
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { stopping.get(0, 2); }), "00003_lr"));
  EXPECT_EQ(skipping.get(0, 2).rows(), 0);  // record 3 and the picture are gone
  const auto pairs = skipping.get(0, 3);
  EXPECT_EQ(pairs.rows(), 2);
  EXPECT_EQ(log_->count("page"), 3);
  auto later = source(path, false, 3, instruct::OnBad::skip);
  EXPECT_TRUE(same(later.get(0, 3), pairs));
}

TEST_F(BadPages, NotesAreWrittenOnceHoweverOftenTheRunIsResumed) {
  const auto file = folder_ / "skipped.jsonl";
  const auto lines = [&] {
    const auto text = read_file(file);
    return std::count(text.begin(), text.end(), '\n');
  };
  SkipLog log;
  log.write_to(file);
  EXPECT_FALSE(std::filesystem::exists(file));  // nothing to tell
  log.note("a.json: item 3", "length", "too long");
  log.note("a.json: item 3", "length", "too long");
  log.note("a.json: item 3", "page", "damaged");
  EXPECT_EQ(lines(), 2);
  EXPECT_EQ(log.count(), 2);
  SkipLog resumed;
  resumed.note("a.json: item 3", "length", "too long");
  resumed.note("a.json: item 4", "length", "too \"long\"");
  resumed.write_to(file);
  resumed.note("a.json: item 3", "page", "damaged");
  EXPECT_EQ(lines(), 3);
  EXPECT_TRUE(has(read_file(file),
                  R"({"sample":"a.json: item 4","stage":"length","reason":"too \"long\""})"));
  write_file(folder_ / "folder/x", "");
  EXPECT_TRUE(has(error_of(ExitCode::data,
                           [&] {
                             SkipLog bad;
                             bad.note("a", "page", "b");
                             bad.write_to(folder_ / "folder/x/y");
                           }),
                  "cannot write"));
}

}  // namespace
}  // namespace ecg_lora::data
