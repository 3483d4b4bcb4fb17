#include "dtype.h"

#include <utility>

#include "ecg_lora/base/error.h"

namespace ecg_lora::tensorio {
namespace {

const std::pair<const char*, at::ScalarType> names[] = {
    {"F64", at::kDouble}, {"F32", at::kFloat}, {"F16", at::kHalf},  {"BF16", at::kBFloat16},
    {"I64", at::kLong},   {"I32", at::kInt},   {"I16", at::kShort}, {"I8", at::kChar},
    {"U8", at::kByte},    {"BOOL", at::kBool}};

}  // namespace

std::optional<at::ScalarType> dtype_of(const std::string& name) {
  for (const auto& [text, dtype] : names)
    if (name == text) return dtype;
  return std::nullopt;
}

std::string name_of(at::ScalarType dtype) {
  for (const auto& [text, value] : names)
    if (value == dtype) return text;
  throw_checkpoint("safetensors has no name for dtype ", c10::toString(dtype),
                   "; convert the tensor before it is written");
}

}  // namespace ecg_lora::tensorio
