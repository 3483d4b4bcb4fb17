#include "ecg_lora/base/byte_count.h"

#include <charconv>

#include "ecg_lora/base/error.h"

namespace ecg_lora {

std::uint64_t parse_bytes(const std::string& option, const std::string& text) {
  if (text.empty()) return 0;
  double number = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string unit(end, text.data() + text.size());
  const double factor = unit.empty() || unit == "B" ? 1
                        : unit == "KB"              ? 1e3
                        : unit == "MB"              ? 1e6
                        : unit == "GB"              ? 1e9
                                                    : 0;
  if (status != std::errc() || factor == 0 || !(number * factor >= 1) || number * factor > 1e18)
    throw_usage(option, " is '", text, "', expected a number of bytes such as 5GB or 500MB");
  return static_cast<std::uint64_t>(number * factor);
}

}  // namespace ecg_lora
