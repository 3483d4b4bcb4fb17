#include "tone.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

namespace ecg_lora::page::paper {

cv::Mat smooth_noise(Random random, cv::Size nodes, double across, double down) {
  cv::Mat seeds(std::max(2, cvCeil(down) + 1), std::max(2, cvCeil(across) + 1), CV_32F), noise;
  for (int row = 0; row < seeds.rows; ++row)
    for (int column = 0; column < seeds.cols; ++column)
      seeds.at<float>(row, column) = static_cast<float>(random.uniform(-1, 1));
  cv::resize(seeds, noise, nodes, 0, 0, cv::INTER_CUBIC);
  return noise;
}

RowSpreader::RowSpreader(const cv::Mat& nodes, const Lattice& lattice)
    : nodes_(nodes), step_(lattice.step), channels_(nodes.channels()) {
  const auto values =
      static_cast<std::size_t>(nodes.cols - 1) * static_cast<std::size_t>(step_ * channels_);
  for (auto* row : {&from_, &to_, &value_, &slope_}) row->resize(values);
  spread(0, to_);
}

void RowSpreader::spread(int node_row, std::vector<float>& out) const {
  const auto* node = nodes_.ptr<float>(std::min(node_row, nodes_.rows - 1));
  float* at = out.data();
  for (int column = 0; column + 1 < nodes_.cols; ++column, node += channels_)
    for (int k = 0; k < step_; ++k)
      for (int c = 0; c < channels_; ++c)
        *at++ = node[c] +
                (node[channels_ + c] - node[c]) * static_cast<float>(k) / static_cast<float>(step_);
}

const float* RowSpreader::row(int y) {
  const auto count = value_.size();
  const int between = y % step_;
  if (between == 0) {
    from_.swap(to_);
    spread(y / step_ + 1, to_);
    for (std::size_t i = 0; i < count; ++i)
      slope_[i] = (to_[i] - from_[i]) / static_cast<float>(step_);
  }
  const float* from = from_.data();
  const float* slope = slope_.data();
  float* value = value_.data();
  for (std::size_t i = 0; i < count; ++i)
    value[i] = from[i] + slope[i] * static_cast<float>(between);
  return value;
}

Tone::Tone(Lattice lattice)
    : lattice_(lattice),
      gain_(lattice.nodes(), CV_32FC3, cv::Scalar::all(1)),
      offset_(lattice.nodes(), CV_32FC3, cv::Scalar::all(0)) {}

void Tone::dim(const cv::Mat& light) {
  cv::Mat all;
  cv::merge(std::vector<cv::Mat>(3, light), all);
  cv::multiply(gain_, all, gain_);
  cv::multiply(offset_, all, offset_);
}

void Tone::apply(cv::Mat& picture) const {
  const bool shifts = cv::countNonZero(offset_.reshape(1)) > 0;
  RowSpreader gains(gain_, lattice_), offsets(offset_, lattice_);
  const int values = picture.cols * picture.channels();
  for (int y = 0; y < picture.rows; ++y) {
    const float* gain = gains.row(y);
    auto* pixel = picture.ptr<std::uint8_t>(y);
    if (shifts) {
      const float* offset = offsets.row(y);
      for (int i = 0; i < values; ++i)
        pixel[i] = static_cast<std::uint8_t>(
            std::min(std::max(pixel[i] * gain[i] + offset[i], 0.0F), 255.0F) + 0.5F);
    } else {
      for (int i = 0; i < values; ++i)
        pixel[i] =
            static_cast<std::uint8_t>(std::min(std::max(pixel[i] * gain[i], 0.0F), 255.0F) + 0.5F);
    }
  }
}

}  // namespace ecg_lora::page::paper
