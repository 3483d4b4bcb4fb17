// Quantised weights against their published definitions, and the product with one against the dense
// product.
#include "ecg_lora/nn/quantised/quantised.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ecg_lora/nn/layers/linear.h"

namespace ecg_lora::nn {
namespace {

/// QLoRA, appendix E: the sixteen values of NF4.
const std::vector<double> kNormalFloat = {-1.0,
                                          -0.6961928009986877,
                                          -0.5250730514526367,
                                          -0.39491748809814453,
                                          -0.28444138169288635,
                                          -0.18477343022823334,
                                          -0.09105003625154495,
                                          0.0,
                                          0.07958029955625534,
                                          0.16093020141124725,
                                          0.24611230194568634,
                                          0.33791524171829224,
                                          0.44070982933044434,
                                          0.5626170039176941,
                                          0.7229568362236023,
                                          1.0};

/// The signed dynamic 8-bit code: i leading zero bits stand for 10^-i, the bits left for a fraction
/// in 0.1 … 1 at the middle of its interval; 0 and 1 are in it.
std::vector<double> dynamic_code() {
  std::vector<double> values{0, 1};
  for (int i = 0; i < 7; ++i)
    for (int j = 0, items = 1 << i; j < items; ++j)
      for (const double sign : {-1.0, 1.0})
        values.push_back(sign * std::pow(10.0, i - 6) * (0.1 + 0.9 * (j + 0.5) / items));
  std::sort(values.begin(), values.end());
  return values;
}

std::size_t nearest(const std::vector<double>& map, double value) {
  const auto closer = [&](double a, double b) { return std::abs(a - value) < std::abs(b - value); };
  return static_cast<std::size_t>(std::min_element(map.begin(), map.end(), closer) - map.begin());
}

at::Tensor buffer(const Quantised& weight, const std::string& name) {
  return weight->named_buffers()[name];
}

at::Tensor random(at::IntArrayRef shape, std::uint64_t seed) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed)) * 0.05;
}

double largest(const at::Tensor& x) {
  return x.abs().max().item<double>();
}

TEST(Nf4, HasTheNearestValueOfEachBlock) {
  const auto dense = random({24, 160}, 1);
  const Quantised weight(Quantisation::nf4, dense, at::kCPU);
  const auto codes = buffer(weight, "codes");
  const auto* values = dense.const_data_ptr<float>();
  for (std::int64_t block = 0; block < dense.numel() / 64; ++block) {
    double most = 0;
    for (std::int64_t i = block * 64; i < block * 64 + 64; ++i)
      most = std::max(most, std::abs(static_cast<double>(values[i])));
    for (std::int64_t i = block * 64; i < block * 64 + 64; ++i) {
      const int byte = codes.const_data_ptr<std::uint8_t>()[i / 2],
                code = i % 2 == 0 ? byte >> 4 : byte & 15;
      ASSERT_EQ(static_cast<std::size_t>(code), nearest(kNormalFloat, values[i] / most))
          << "value " << i;
    }
  }
}

TEST(Nf4, QuantisesAbsmaxInTheDynamicCode) {
  const auto dense = random({512, 512}, 2);
  const Quantised weight(Quantisation::nf4, dense, at::kCPU);
  const auto absmax = dense.view({-1, 64}).abs().amax(1).to(at::kDouble);
  const double offset = absmax.mean().item<double>();
  EXPECT_NEAR(buffer(weight, "absmax_offset").item<double>(), offset, 1e-6 * offset);
  const auto map = dynamic_code();
  ASSERT_EQ(map.size(), 256u);
  const auto codes = buffer(weight, "absmax"), scales = buffer(weight, "absmax_scale");
  std::int64_t close_calls = 0;
  for (std::int64_t i = 0; i < absmax.numel(); ++i) {
    const double scale =
        (absmax.slice(0, i / 256 * 256, i / 256 * 256 + 256) - offset).abs().max().item<double>();
    EXPECT_NEAR(scales[i / 256].item<double>(), scale, 1e-6 * offset);
    const double value = (absmax[i].item<double>() - offset) / scale;
    const auto code = codes[i].item<std::uint8_t>(),
               expected = static_cast<std::uint8_t>(nearest(map, value));
    if (code == expected) continue;
    // In fp32 a value that lies halfway between two codes may fall to the other one.
    EXPECT_NEAR(std::abs(map[code] - value), std::abs(map[expected] - value), 1e-5)
        << "absmax " << i;
    ++close_calls;
  }
  EXPECT_LE(close_calls, absmax.numel() / 100);
}

TEST(Nf4, IsDenseAgainAsDefined) {
  const auto dense = random({24, 160}, 3);
  const Quantised weight(Quantisation::nf4, dense, at::kCPU);
  const auto map = dynamic_code();
  const double offset = buffer(weight, "absmax_offset").item<double>();
  const auto codes = buffer(weight, "codes"), absmax = buffer(weight, "absmax"),
             scales = buffer(weight, "absmax_scale"), found = weight->dense(at::kFloat);
  for (std::int64_t i = 0; i < dense.numel(); ++i) {
    const int byte = codes.const_data_ptr<std::uint8_t>()[i / 2],
              code = i % 2 == 0 ? byte >> 4 : byte & 15;
    const double most =
        map[absmax[i / 64].item<std::uint8_t>()] * scales[i / 64 / 256].item<double>() + offset;
    ASSERT_NEAR(found.const_data_ptr<float>()[i],
                kNormalFloat[static_cast<std::size_t>(code)] * most, 1e-6 * most)
        << "value " << i;
  }
  EXPECT_LE((found - dense).norm().item<double>(),
            0.11 * dense.norm().item<double>());  // 4 bits of a normal distribution
}

TEST(Int8, IsTheRowsLargestMagnitudeIn127Steps) {
  const auto dense = random({24, 150}, 4);
  dense[5].zero_();
  const Quantised weight(Quantisation::int8, dense, at::kCPU);
  const auto half = dense.to(at::kHalf).to(at::kDouble), most = half.abs().amax(1, true);
  EXPECT_TRUE(at::equal(buffer(weight, "absmax").to(at::kDouble), most.flatten()));
  const auto codes = buffer(weight, "codes").to(at::kDouble),
             exact = half * 127 / most.clamp_min(1e-30);
  EXPECT_LE(largest(codes - exact), 0.5 + 1e-4);
  EXPECT_LE(largest(weight->dense(at::kFloat) - codes * most / 127), 1e-6 * largest(most));
  EXPECT_EQ(largest(weight->dense(at::kFloat)[5]), 0);
}

TEST(Quantised, TakesTheBytesThatItSays) {
  for (const auto kind : {Quantisation::nf4, Quantisation::int8})
    for (const auto& [out, in] : {std::pair{37, 53}, std::pair{512, 1024}, std::pair{1, 1}}) {
      const Quantised weight(kind, random({out, in}, 5), at::kCPU);
      std::int64_t bytes = 0;
      for (const auto& item : weight->named_buffers())
        bytes += static_cast<std::int64_t>(item.value().nbytes());
      EXPECT_EQ(weight->bytes(), bytes);
    }
  EXPECT_EQ(quantised_bytes(Quantisation::nf4, 4096, 4096), 4096 * 4096 / 2 + 262144 + 4096 + 4);
}

TEST(Quantised, IsTheSameByTensorOperations) {
  for (const auto kind : {Quantisation::nf4, Quantisation::int8})
    for (const auto& [out, in] :
         {std::pair{37, 53}, std::pair{2100, 2048}}) {  // the second takes more than one part
      const Quantised weight(kind, random({out, in}, 6), at::kCPU);
      for (const auto dtype : {at::kFloat, at::kBFloat16, at::kHalf})
        EXPECT_TRUE(at::equal(weight->dense(dtype), weight->dense_by_operations(dtype)));
    }
}

TEST(Quantised, RefusesWhatIsNotFinite) {
  auto dense = random({8, 64}, 7);
  dense[3][7] = std::numeric_limits<double>::quiet_NaN();
  for (const auto kind : {Quantisation::nf4, Quantisation::int8})
    EXPECT_THROW(Quantised(kind, dense, at::kCPU), std::domain_error);
  dense[3][7] = 1e5;
  EXPECT_THROW(Quantised(Quantisation::int8, dense, at::kCPU), std::domain_error);
}

/// A linear with a random adapter of rank 4.
Linear adapted(const at::Tensor& dense, Quantisation kind, bool dora, double dropout) {
  Linear linear(dense.size(1), dense.size(0), true, at::kFloat);
  linear->bias.copy_(random({dense.size(0)}, 8));
  if (kind == Quantisation::none)
    linear->weight.copy_(dense);
  else
    linear->pack(std::make_shared<QuantisedImpl>(kind, dense, at::kCPU));
  Adapter adapter{
      random({4, dense.size(1)}, 9), random({dense.size(0), 4}, 10), {}, {}, {}, 2, dropout};
  if (dora) adapter.magnitude = random({dense.size(0)}, 11).abs() + 1;
  linear->set_adapter(adapter);
  return linear;
}

/// Output and gradients of x and of every adapter parameter.
std::vector<at::Tensor> pass(Linear& linear, at::ScalarType dtype = at::kFloat) {
  at::manual_seed(3);
  auto x = random({5, 7, linear->weight.size(1)}, 12).to(dtype).set_requires_grad(true);
  const auto y = linear(x);
  y.backward(random(y.sizes(), 13).to(dtype));
  std::vector<at::Tensor> result{y.detach(), x.grad()};
  const auto adapter = linear->adapter();
  for (const auto& tensor : {adapter.a, adapter.b, adapter.magnitude})
    if (tensor.defined()) result.push_back(tensor.grad());
  return result;
}

TEST(QuantisedLinear, ComputesWhatItsDenseWeightDoes) {
  const auto dense = random({96, 160}, 14);
  for (const auto kind : {Quantisation::nf4, Quantisation::int8})
    for (const bool dora : {false, true})
      for (const double dropout : {0.0, 0.3}) {
        auto quantised = adapted(dense, kind, dora, dropout);
        auto plain =
            adapted(quantised->dense_weight(at::kFloat), Quantisation::none, dora, dropout);
        const auto ours = pass(quantised), expected = pass(plain);
        for (std::size_t i = 0; i < ours.size(); ++i)
          EXPECT_LE(largest(ours[i] - expected[i]), 1e-5 * largest(expected[i])) << "tensor " << i;
        EXPECT_TRUE(quantised->weight.isnan().all().item<bool>());
        EXPECT_EQ(quantised->weight.storage().nbytes(), sizeof(float));
      }
}

TEST(QuantisedLinear, KeepsNoDenseWeightForTheBackwardPass) {
  Linear linear(64, 64, false, at::kFloat);
  linear->pack(std::make_shared<QuantisedImpl>(Quantisation::nf4, random({64, 64}, 15), at::kCPU));
  const auto y = linear(random({2, 64}, 16).set_requires_grad(true));
  EXPECT_EQ(y.grad_fn()->name().find("Addmm"), std::string::npos);
  EXPECT_NE(y.grad_fn()->name().find("PackedProduct"), std::string::npos) << y.grad_fn()->name();
}

TEST(QuantisedLinear, RefusesAdaptersThatTakeFactorsOut) {
  Linear linear(64, 32, false, at::kFloat);
  linear->pack(std::make_shared<QuantisedImpl>(Quantisation::nf4, random({32, 64}, 17), at::kCPU));
  const auto a = random({4, 64}, 18), b = random({32, 4}, 19);
  EXPECT_THROW(linear->set_adapter({a, b, {}, a, b, 1, 0}), std::invalid_argument);
  EXPECT_THROW(linear->pack(std::make_shared<QuantisedImpl>(Quantisation::int8,
                                                            random({32, 64}, 20), at::kCPU)),
               std::invalid_argument);
}

}  // namespace
}  // namespace ecg_lora::nn
