// Screens, lenses, sensors and files.
#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "ecg_lora/base/two_pi.h"
#include "effects.h"

namespace ecg_lora::page::paper {
namespace {

constexpr int kWave = 1024;  ///< entries of a period

/// A wave for each of red, green and blue, whose stripes lie a third apart; `colour` of it shows,
/// the rest is grey.
std::array<std::vector<float>, 3> waves(double size, double colour) {
  std::array<std::vector<float>, 3> all;
  for (int channel = 0; channel < 3; ++channel)
    for (int i = 0; i < kWave; ++i) {
      const double phase = kTwoPi * i / kWave;
      all[static_cast<std::size_t>(channel)].push_back(
          static_cast<float>(size * ((1 - colour) * std::cos(phase) +
                                     colour * std::cos(phase + channel * kTwoPi / 3))));
    }
  return all;
}

float at(const std::vector<float>& wave, float phase) {
  return wave[static_cast<std::size_t>(cvRound(phase) & (kWave - 1))];
}

/// A screen in front of the camera. Its rows and columns have periods just above a pixel of the
/// picture, which alias to wide fringes; lens and perspective bend them. Red, green and blue
/// stripes are seen as well if the camera comes close.
struct Screen {
  double pitch_x, pitch_y, stripe_pitch;  ///< px
  double turn, bend;                      ///< radians; px at the corners
  double fringes, rows, stripes, black;   ///< shares of light; level of black, of 255

  explicit Screen(Draw& draw)
      : pitch_x(draw.between("pitch_x_px", 1.012, 1.04)),
        pitch_y(draw.between("pitch_y_px", 1.012, 1.045)),
        stripe_pitch(draw.between("subpixel_pitch_px", 2.6, 3.7)),
        turn(draw.either_sign("turn_degrees", 0.1, 1.5) * kTwoPi / 360),
        bend(draw.either_sign("lens_px", 8, 45)),
        fringes(draw.between("fringes", 0.06 * draw.strength(), 0.2 * draw.strength())),
        rows(draw.between("rows", 0.05 * draw.strength(), 0.16 * draw.strength())),
        stripes(draw.between("subpixels", 0.04 * draw.strength(), 0.14 * draw.strength())),
        black(draw.between("black_level", 8 * draw.strength(), 28 * draw.strength())) {}

  /// Phases across, down and of the stripes, in entries of a wave, at a place of the flat page.
  cv::Vec3f phases(cv::Point2d flat, cv::Size page) const {
    const double c = std::cos(turn), s = std::sin(turn), rx = flat.x / page.width - 0.5,
                 ry = (flat.y - 0.5 * page.height) / page.width;
    const double lens = 3 * bend * (rx * rx + ry * ry), x = c * flat.x - s * flat.y + lens * rx,
                 y = s * flat.x + c * flat.y + lens * ry;
    return {static_cast<float>(kWave * x / pitch_x), static_cast<float>(kWave * y / pitch_y),
            static_cast<float>(kWave * x / stripe_pitch)};
  }
};

/// Deviation 1, nearly normal: sums of eight bytes (Irwin-Hall). Neighbours of one channel go
/// together, as on a sensor with colour filters.
std::vector<float> grains(Random random, std::size_t count, double correlation) {
  std::vector<float> pool(count);
  for (auto& grain : pool) {
    auto bits = random.bits();
    int sum = 0;
    for (int byte = 0; byte < 8; ++byte, bits >>= 8) sum += static_cast<int>(bits & 255);
    grain = static_cast<float>((sum - 1020) / 209.0);
  }
  const auto keep = static_cast<float>(correlation),
             fresh = static_cast<float>(std::sqrt(1 - correlation * correlation));
  for (std::size_t i = 3; i < count; ++i) pool[i] = keep * pool[i - 3] + fresh * pool[i];
  return pool;
}

}  // namespace

namespace {

/// CV_32FC4 [nodes]: the screen's phases, and how strong its fringes are, which come and go with
/// the angle of view.
cv::Mat screen_nodes(const Screen& screen, Draw& draw, const Warp& warp, const Lattice& lattice,
                     cv::Size picture) {
  const auto back = warp.homography().inv();
  const auto patches = smooth_noise(draw.texture("patches"), lattice.nodes(), 4, 3);
  cv::Mat nodes(lattice.nodes(), CV_32FC4);
  for (int row = 0; row < nodes.rows; ++row)
    for (int column = 0; column < nodes.cols; ++column) {
      const auto phases = screen.phases(
          transform(back, cv::Point2d(column * lattice.step, row * lattice.step)), picture);
      nodes.at<cv::Vec4f>(row, column) = {
          phases[0], phases[1], phases[2],
          std::clamp(0.7F + 0.5F * patches.at<float>(row, column), 0.2F, 1.2F)};
    }
  return nodes;
}

}  // namespace

void photograph_screen(Draw& draw, const Warp& warp, cv::Mat& picture) {
  const Screen screen(draw);
  const Lattice lattice{picture.size(), 4};
  const cv::Mat nodes = screen_nodes(screen, draw, warp, lattice, picture.size());
  const auto across = waves(screen.fringes, 0.45), down = waves(screen.rows, 0),
             fine = waves(screen.stripes, 1);
  RowSpreader spreader(nodes, lattice);
  const auto lift = static_cast<float>(screen.black), reach = 1 - lift / 255,
             dim = static_cast<float>(1 - 0.4 * (screen.fringes + screen.rows + screen.stripes));
  for (int y = 0; y < picture.rows; ++y) {
    const float* node = spreader.row(y);
    auto* pixel = picture.ptr<std::uint8_t>(y);
    for (int x = 0; x < picture.cols; ++x, node += 4)
      for (std::size_t c = 0; c < 3; ++c) {
        const float light =
            dim * (1 + node[3] * at(across[c], node[0])) * (1 + node[3] * at(down[c], node[1])) +
            at(fine[c], node[2]);
        auto& value = pixel[3 * static_cast<std::size_t>(x) + c];
        value = cv::saturate_cast<std::uint8_t>((lift + reach * value) * light);
      }
  }
}

void blur(Draw& draw, double px_per_mm, cv::Mat& picture) {
  const double strength = draw.strength();
  const double focus = draw.between("focus_mm", 0.08 + 0.04 * strength, 0.1 + 0.28 * strength),
               shake = draw.between("shake_mm", 0, 0.2 * strength);
  const bool upright = draw.count("shake_upright", 0, 1) == 1;
  const double sharp = px_per_mm * focus, soft = px_per_mm * std::hypot(focus, shake);
  cv::GaussianBlur(picture, picture, {}, std::max(0.1, upright ? sharp : soft),
                   std::max(0.1, upright ? soft : sharp), cv::BORDER_REPLICATE);
}

void add_noise(Draw& draw, cv::Mat& picture) {
  const auto deviation = static_cast<float>(
      draw.between("deviation", 4 * draw.strength(), 20 * draw.strength()));  // of 255
  const double correlation = draw.between("correlation", 0.1, 0.5);
  auto random = draw.texture("texture");
  constexpr std::size_t kPool = 1 << 16;  // rows start anywhere in it
  const auto values = static_cast<std::size_t>(picture.cols) * 3;
  auto pool = grains(random, kPool + values, correlation);
  for (auto& grain : pool) grain = grain * deviation + 0.5F;
  random.bits();
  for (int y = 0; y < picture.rows; ++y) {
    const float* grain = pool.data() + random.uniform_int(kPool);
    auto* pixel = picture.ptr<std::uint8_t>(y);
    for (std::size_t i = 0; i < values; ++i)
      pixel[i] = static_cast<std::uint8_t>(std::min(std::max(pixel[i] + grain[i], 0.0F), 255.0F));
  }
}

void compress(Draw& draw, cv::Mat& picture) {
  const int quality =
      cvRound(draw.between("quality", 92 - 77 * draw.strength(), 96 - 61 * draw.strength()));
  draw.note("quality", quality);
  cv::Mat bgr;
  cv::cvtColor(picture, bgr, cv::COLOR_RGB2BGR);
  std::vector<std::uint8_t> bytes;
  cv::imencode(".jpg", bgr, bytes, {cv::IMWRITE_JPEG_QUALITY, quality});
  cv::imdecode(bytes, cv::IMREAD_COLOR, &bgr);
  cv::cvtColor(bgr, picture, cv::COLOR_BGR2RGB);
}

}  // namespace ecg_lora::page::paper
