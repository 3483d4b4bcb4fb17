#include <algorithm>
#include <cmath>
#include <cstdint>

#include "ecg_lora/config/visitors.h"

namespace ecg_lora::config {

std::string detail::number_text(double number) {
  constexpr double largest = 1e15;
  if (std::abs(number) < largest && std::trunc(number) == number)
    return cat(static_cast<std::int64_t>(number));
  return Json(number).dump();
}

std::string Helper::take() const {
  std::size_t name = 0, type = 0, value = 0;
  for (const auto& row : rows_) {
    name = std::max(name, row.name.size());
    type = std::max(type, row.type.size());
    value = std::max(value, row.value.size());
  }
  const auto padded = [](const std::string& text, std::size_t width) {
    return text + std::string(width - text.size() + 2, ' ');
  };
  std::string lines;
  for (const auto& row : rows_) {
    lines += padded(row.name, name) + padded(row.type, type) + padded(row.value, value) + row.help +
             "\n";
  }
  return lines;
}

}  // namespace ecg_lora::config
