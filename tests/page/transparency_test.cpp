// Pictures with transparency come on white. tests/data/check_preprocess.py holds more kinds of
// files against transformers.
#include <array>
#include <opencv2/imgcodecs.hpp>

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/page/render/image.h"

namespace ecg_lora::page {
namespace {

using testing::TemporaryFolder;
using Bytes = std::vector<std::uint8_t>;

/// What read_image makes of `file`.
Bytes read(const std::string& file) {
  const TemporaryFolder folder;
  write_file(folder / "x.png", file);
  return read_image(folder / "x.png").rgb;
}

std::string encoded(const char* kind, const cv::Mat& pixels, const std::vector<int>& options = {}) {
  Bytes bytes;
  cv::imencode(kind, pixels, bytes, options);
  return {bytes.begin(), bytes.end()};
}

/// CRC-32 of PNG chunks (PNG specification, annex D).
std::uint32_t crc(const std::string& bytes) {
  std::uint32_t sum = ~0U;
  for (const char c : bytes) {
    sum ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ ((sum & 1) != 0 ? 0xedb88320U : 0);
  }
  return ~sum;
}

std::string big_endian(std::size_t value) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(value >> shift);
  return text;
}

/// `png` with a tRNS chunk before its pixels.
std::string with_transparency(std::string png, const std::string& value) {
  const auto chunk = "tRNS" + value;
  return png.insert(png.find("IDAT") - 4,
                    big_endian(value.size()) + chunk + big_endian(crc(chunk)));
}

/// BGRA: transparent black, opaque, and three in between, with what Pillow 13 makes of them (RGB).
const Bytes kMixed{0, 0, 0, 0, 10, 20, 30, 255, 10, 20, 30, 128, 0, 0, 0, 1, 200, 100, 7, 77};
const Bytes kOnWhite{255, 255, 255, 30, 20, 10, 142, 137, 132, 254, 254, 254, 180, 208, 238};

TEST(Transparency, IsBlendedWithWhiteAsPillowDoes) {
  const cv::Mat pixels(1, 5, CV_8UC4, const_cast<std::uint8_t*>(kMixed.data()));
  EXPECT_EQ(read(encoded(".png", pixels)), kOnWhite);
}

TEST(Transparency, OfSixteenBitsKeepsTheHighByte) {
  cv::Mat pixels(1, 5, CV_16UC4);
  for (std::size_t i = 0; i < kMixed.size(); ++i)
    pixels.ptr<std::uint16_t>()[i] = static_cast<std::uint16_t>(kMixed[i] << 8 | (i * 40 & 0xff));
  EXPECT_EQ(read(encoded(".png", pixels)), kOnWhite);
}

TEST(Transparency, OfWebPIsLaidOnWhite) {
  const Bytes page{0, 0, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 9, 9, 9, 255};
  const cv::Mat pixels(2, 2, CV_8UC4, const_cast<std::uint8_t*>(page.data()));
  EXPECT_EQ(read(encoded(".webp", pixels, {cv::IMWRITE_WEBP_QUALITY, 101})),
            (Bytes{255, 255, 255, 0, 0, 0, 255, 255, 255, 9, 9, 9}));
}

TEST(Transparency, OfOneColourIsWhite) {
  const Bytes colours{1, 2, 3, 4, 5, 6};
  const cv::Mat pixels(1, 2, CV_8UC3, const_cast<std::uint8_t*>(colours.data()));
  EXPECT_EQ(read(with_transparency(encoded(".png", pixels), std::string("\0\6\0\5\0\4", 6))),
            (Bytes{3, 2, 1, 255, 255, 255}));
}

TEST(Transparency, OfOneGreyIsWhiteAtEveryDepth) {
  cv::Mat deep(1, 3, CV_16UC1), plain(1, 3, CV_8UC1), bits(1, 8, CV_8UC1);
  for (int i = 0; i < 3; ++i) {
    deep.at<std::uint16_t>(i) = static_cast<std::uint16_t>(0x1200 + i);
    plain.at<std::uint8_t>(i) = static_cast<std::uint8_t>(i);
  }
  EXPECT_EQ(read(with_transparency(encoded(".png", deep), std::string("\x12\1", 2))),
            (Bytes{0x12, 0x12, 0x12, 255, 255, 255, 0x12, 0x12, 0x12}));
  EXPECT_EQ(read(with_transparency(encoded(".png", plain), std::string("\0\2", 2))),
            (Bytes{0, 0, 0, 1, 1, 1, 255, 255, 255}));
  // One bit a pixel: black is transparent, so that all is white.
  for (int i = 0; i < 8; ++i) bits.at<std::uint8_t>(i) = i % 2 == 0 ? 0 : 255;
  const auto png = encoded(".png", bits, {cv::IMWRITE_PNG_BILEVEL, 1});
  EXPECT_EQ(read(png)[0], 0);
  EXPECT_EQ(read(with_transparency(png, std::string(2, '\0'))), Bytes(24, 255));
}

TEST(Transparency, ThatIsCutOffOrLiesIsNoCrash) {
  const cv::Mat grey(1, 3, CV_8UC1, cv::Scalar(7));
  const auto png = encoded(".png", grey);
  for (const auto& value : {std::string(), std::string(1, '\7'), std::string(300, '\7')})
    EXPECT_EQ(read(with_transparency(png, value)).size(), 9u) << value.size();
}

}  // namespace
}  // namespace ecg_lora::page
