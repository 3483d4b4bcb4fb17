#include "ecg_lora/plan/inference/streamed.h"

#include <c10/util/accumulate.h>

#include <algorithm>

#include "ecg_lora/model/shape/table.h"

namespace ecg_lora::plan {
namespace {

constexpr std::int64_t kBlock =
    1 << 20;  ///< values of a weight that are merged at a time (lora/combine.cpp)
constexpr std::int64_t kPart = 4 << 20;  ///< values of a tensor that is copied (lora/merge.cpp)
constexpr std::int64_t kWaiting = 4;     ///< parts in hand, in the queue and with the writer
constexpr std::int64_t kOversampling =
    16;  ///< columns of the range finder beyond the rank (lora/extract.cpp)

std::int64_t width_of(at::ScalarType dtype) {
  return static_cast<std::int64_t>(c10::elementSize(dtype));
}

/// Values in fp32 while the change of an [out, in] linear is taken apart: the factors that
/// lora/extract.cpp makes, and LAPACK's copies of them.
std::int64_t factor_values(std::int64_t out, std::int64_t in, std::int64_t rank) {
  const auto shorter = std::min(out, in), columns = std::min(rank, shorter) + kOversampling;
  if (2 * columns >= shorter) return 2 * out * in + 4 * shorter * (out + in);
  return 4 * columns * (out + in);
}

}  // namespace

RequiredMemory plan_merge(const BaseLoad& base, const MergeShape& shape) {
  RequiredMemory required;
  required.libraries = library_bytes(false);
  required.files = base.files + shape.adapter_bytes;
  required.pages = kWaiting * kPart * width_of(base.stored);  // given back once they are written
  required.loading = kWaiting * kPart * width_of(shape.written) + kPart * 4;
  for (const auto& [module, tower, kind, in, out, rank, alpha, magnitude] : shape.changed) {
    const auto values = shape.whole ? in * out : std::min(in * out, std::max(kBlock, in));
    const auto copies = shape.whole ? 3 + 2 * shape.adapters : 4;
    const auto factors = shape.adapters * rank * (in + out);
    const auto norms = magnitude ? 2 * in * out : 0;
    required.working = std::max(required.working, 4 * (copies * values + factors + norms) +
                                                      kWaiting * values * width_of(shape.written));
  }
  return required;
}

RequiredMemory plan_extract(const BaseLoad& base, std::int64_t tuned_files, std::int64_t rank) {
  RequiredMemory required;
  required.libraries = library_bytes(false);
  required.files = base.files + tuned_files;
  std::int64_t factors = 0;
  for (const auto& spec : model::tensor_table(base.model)) {
    const auto values = c10::multiply_integers(spec.shape);
    const bool copied = base.stored != at::kFloat;
    // The difference, and both sides of it in fp32 if the files hold another dtype.
    required.loading = std::max(required.loading, 4 * values * (copied ? 3 : 1));
    required.pages = std::max(required.pages, 2 * values * width_of(base.stored));
    if (!model::is_linear_weight(spec)) continue;
    const auto out = spec.shape[0], in = spec.shape[1];
    required.working = std::max(required.working, 4 * (2 * values + factor_values(out, in, rank)));
    factors += std::min({rank, out, in}) * (out + in);
  }
  required.loading += 4 * factors, required.working += 4 * factors;
  return required;
}

}  // namespace ecg_lora::plan
