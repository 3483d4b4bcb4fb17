// Screens, lenses, sensors and files.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "paper_effects.h"

namespace ecg_lora::render::paper {
namespace {

constexpr double kTau = 2 * std::numbers::pi;
constexpr int kWave = 1024;  ///< entries of a period

std::vector<float> cosine(double size) {
  std::vector<float> wave(kWave);
  for (int i = 0; i < kWave; ++i) wave[static_cast<std::size_t>(i)] = static_cast<float>(size * std::cos(kTau * i / kWave));
  return wave;
}

/// Deviation 1, nearly normal: sums of eight bytes (Irwin-Hall). Neighbours of one channel go together, as on a sensor with colour filters.
std::vector<float> grains(Random random, std::size_t count, double correlation) {
  std::vector<float> pool(count);
  for (auto& grain : pool) {
    auto bits = random.bits();
    int sum = 0;
    for (int byte = 0; byte < 8; ++byte, bits >>= 8) sum += static_cast<int>(bits & 255);
    grain = static_cast<float>((sum - 1020) / 209.0);
  }
  const auto keep = static_cast<float>(correlation), fresh = static_cast<float>(std::sqrt(1 - correlation * correlation));
  for (std::size_t i = 3; i < count; ++i) pool[i] = keep * pool[i - 3] + fresh * pool[i];
  return pool;
}

}  // namespace

void photograph_screen(Draw& draw, const Warp& warp, cv::Mat& picture) {
  const double strength = draw.strength();
  // Periods just above a pixel of the camera alias to wide fringes; coloured ones, as red, green and blue stripes lie a third apart.
  const double pitch_x = draw.between("pitch_x_px", 1.012, 1.05), pitch_y = draw.between("pitch_y_px", 1.015, 1.06), turn = draw.either_sign("turn_degrees", 0.1, 1.5) * kTau / 360;
  const double bend = draw.either_sign("lens_px", 2, 10), fringe = draw.between("fringes", 0.08 * strength, 0.26 * strength), rows = draw.between("rows", 0.05 * strength, 0.16 * strength);
  const double stripes = draw.between("subpixels", 0.05 * strength, 0.2 * strength), stripe_pitch = draw.between("subpixel_pitch_px", 2.6, 3.7);
  const double black = draw.between("black_level", 8 * strength, 28 * strength);
  const Lattice lattice{picture.size(), 4};
  const auto back = warp.homography().inv();
  const double width = picture.cols, c = std::cos(turn), s = std::sin(turn);
  cv::Mat phases(lattice.nodes(), CV_32FC3);  // across, down, sub-pixels; in entries of the wave
  for (int row = 0; row < phases.rows; ++row)
    for (int column = 0; column < phases.cols; ++column) {
      const auto flat = transform(back, cv::Point2d(column * lattice.step, row * lattice.step));
      const double rx = flat.x / width - 0.5, ry = flat.y / width - 0.4, lens = bend * (rx * rx + ry * ry) * 4;
      const double x = c * flat.x - s * flat.y + lens * rx, y = s * flat.x + c * flat.y + lens * ry;
      // Whole periods a node are left out, so that the spread phases stay small and the fringes are those that the pixels sample.
      phases.at<cv::Vec3f>(row, column) = {static_cast<float>(kWave * (x / pitch_x)), static_cast<float>(kWave * (y / pitch_y)), static_cast<float>(kWave * x / stripe_pitch)};
    }
  const auto across = cosine(fringe), down = cosine(rows), fine = cosine(stripes);
  RowSpreader spreader(phases, lattice);
  const auto at = [](const std::vector<float>& wave, float phase) { return wave[static_cast<std::size_t>(cvRound(phase) & (kWave - 1))]; };
  const float lift = static_cast<float>(black), reach = 1 - lift / 255, loss = static_cast<float>(1 - 0.6 * (fringe + rows + stripes));
  for (int y = 0; y < picture.rows; ++y) {
    const float* phase = spreader.row(y);
    auto* pixel = picture.ptr<std::uint8_t>(y);
    for (int x = 0; x < picture.cols; ++x)
      for (int channel = 0; channel < 3; ++channel) {
        const float third = static_cast<float>(channel * kWave) / 3;
        const float light = loss + at(across, phase[3 * x] + third) + at(down, phase[3 * x + 1]) + at(fine, phase[3 * x + 2] + third);
        auto& value = pixel[3 * x + channel];
        value = cv::saturate_cast<std::uint8_t>((lift + reach * value) * light);
      }
  }
}

void blur(Draw& draw, double px_per_mm, cv::Mat& picture) {
  const double strength = draw.strength();
  const double focus = draw.between("focus_mm", 0.06 * strength, 0.3 * strength), shake = draw.between("shake_mm", 0, 0.2 * strength);
  const bool upright = draw.count("shake_upright", 0, 1) == 1;
  const double sharp = px_per_mm * focus, soft = px_per_mm * std::hypot(focus, shake);
  cv::GaussianBlur(picture, picture, {}, std::max(0.1, upright ? sharp : soft), std::max(0.1, upright ? soft : sharp), cv::BORDER_REPLICATE);
}

void add_noise(Draw& draw, cv::Mat& picture) {
  const auto deviation = static_cast<float>(draw.between("deviation", 3 * draw.strength(), 16 * draw.strength()));  // of 255
  const double correlation = draw.between("correlation", 0.1, 0.5);
  auto random = draw.texture("texture");
  constexpr std::size_t kPool = 1 << 16;  // rows start anywhere in it
  const auto values = static_cast<std::size_t>(picture.cols) * 3;
  auto pool = grains(random, kPool + values, correlation);
  for (auto& grain : pool) grain = grain * deviation + 0.5F;
  random.bits();
  for (int y = 0; y < picture.rows; ++y) {
    const float* grain = pool.data() + random.below(kPool);
    auto* pixel = picture.ptr<std::uint8_t>(y);
    for (std::size_t i = 0; i < values; ++i) pixel[i] = static_cast<std::uint8_t>(std::min(std::max(pixel[i] + grain[i], 0.0F), 255.0F));
  }
}

void compress(Draw& draw, cv::Mat& picture) {
  const int quality = cvRound(draw.between("quality", 92 - 77 * draw.strength(), 96 - 61 * draw.strength()));
  draw.note("quality", quality);
  cv::Mat bgr;
  cv::cvtColor(picture, bgr, cv::COLOR_RGB2BGR);
  std::vector<std::uint8_t> bytes;
  cv::imencode(".jpg", bgr, bytes, {cv::IMWRITE_JPEG_QUALITY, quality});
  draw.note("bytes", bytes.size());
  cv::imdecode(bytes, cv::IMREAD_COLOR, &bgr);
  cv::cvtColor(bgr, picture, cv::COLOR_BGR2RGB);
}

}  // namespace ecg_lora::render::paper
