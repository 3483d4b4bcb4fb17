// The code of the CUDA kernels and their launches, run by threads of the CPU, beside the CPU's
// loops: which thread takes which values, runs of 16 bytes and odd sizes, sums over a block, heads
// that lie apart.
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "ecg_lora/nn/kernels/kernels.h"
#include "kernels_cuda.h"

#include "cuda_on_host.h"
#include "kernels.cu"  // last: it is read as CUDA from here

namespace ecg_lora::nn::kernels {
namespace {

template <class T>
std::vector<T> random(std::size_t count, unsigned seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<float> normal;
  std::vector<T> values(count);
  for (auto& value : values) store(normal(engine), value);
  return values;
}

/// Sums are in another order, which a bf16 result may round to its neighbour.
template <class T>
void expect_close(const std::vector<T>& a, const std::vector<T>& b) {
  const float tolerance = sizeof(T) == 4 ? 1e-5F : 1e-2F;
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i)
    ASSERT_NEAR(load(a[i]), load(b[i]), tolerance * (1 + std::abs(load(b[i])))) << i;
}

template <class T>
class DeviceKernels : public ::testing::Test {};
using Types = ::testing::Types<float, BFloat16>;
TYPED_TEST_SUITE(DeviceKernels, Types);

TYPED_TEST(DeviceKernels, NormAndItsGradientAreTheCpus) {
  for (const std::size_t width : {5U, 128U, 2056U, 4096U}) {
    constexpr std::size_t rows = 3;
    const auto x = random<TypeParam>(rows * width, 1), weight = random<TypeParam>(width, 2),
               grad = random<TypeParam>(rows * width, 3);
    std::vector<TypeParam> expected(rows * width), got(rows * width);
    std::vector<float> expected_scale(rows), scale(rows);
    const auto w = static_cast<std::int64_t>(width);
    rms_norm(x.data(), weight.data(), expected.data(), expected_scale.data(), rows, w, 1e-5);
    cuda::rms_norm(x.data(), weight.data(), got.data(), scale.data(), rows, w, 1e-5, nullptr);
    expect_close(got, expected);
    expect_close(scale, expected_scale);
    rms_norm_backward(grad.data(), x.data(), weight.data(), scale.data(), expected.data(), rows, w);
    cuda::rms_norm_backward(grad.data(), x.data(), weight.data(), scale.data(), got.data(), rows, w,
                            nullptr);
    expect_close(got, expected);
  }
}

TYPED_TEST(DeviceKernels, SwigluAndItsGradientsAreTheCpus) {
  for (const std::size_t count : {1U, 263U, 4096U}) {
    const auto gate = random<TypeParam>(count, 1), up = random<TypeParam>(count, 2),
               grad = random<TypeParam>(count, 3);
    std::vector<TypeParam> expected(count), got(count), expected_up(count), got_up(count);
    const auto n = static_cast<std::int64_t>(count);
    swiglu(gate.data(), up.data(), expected.data(), n);
    cuda::swiglu(gate.data(), up.data(), got.data(), n, nullptr);
    expect_close(got, expected);
    swiglu_backward(grad.data(), gate.data(), up.data(), expected.data(), expected_up.data(), n);
    cuda::swiglu_backward(grad.data(), gate.data(), up.data(), got.data(), got_up.data(), n,
                          nullptr);
    expect_close(got, expected);
    expect_close(got_up, expected_up);
  }
}

TYPED_TEST(DeviceKernels, RotationOfHeadsThatLieApartIsTheCpus) {
  for (const std::int64_t size : {6, 64}) {
    const cuda::Heads shape{2, 3, 5, size, 5 * 3 * size, size, 3 * size};  // stored as [B, S, H, d]
    const auto count = static_cast<std::size_t>(2 * 3 * 5 * size),
               angles = static_cast<std::size_t>(5 * size);
    const auto x = random<TypeParam>(count, 1), cos = random<TypeParam>(angles, 2),
               sin = random<TypeParam>(angles, 3);
    std::vector<TypeParam> expected(count), got(count);
    for (const float sign : {1.0F, -1.0F}) {
      for (std::int64_t batch = 0; batch < 2; ++batch)
        for (std::int64_t token = 0; token < 5; ++token)
          for (std::int64_t head = 0; head < 3; ++head) {
            const auto at = ((batch * 5 + token) * 3 + head) * size;
            rotate(x.data() + at, cos.data() + token * size, sin.data() + token * size,
                   expected.data() + at, size, sign);
          }
      cuda::rotate(x.data(), shape, cos.data(), sin.data(), got.data(), sign, nullptr);
      expect_close(got, expected);
    }
  }
}

}  // namespace
}  // namespace ecg_lora::nn::kernels
