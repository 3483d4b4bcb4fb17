#include "rank_use.h"

#include <c10/core/CachingDeviceAllocator.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>

#include <algorithm>
#include <cmath>

#include "ecg_lora/base/error.h"

namespace ecg_lora::train {

std::vector<std::int64_t> from_all(distributed::Group& group, std::int64_t mine) {
  const auto whole = at::zeros({group.ranks()}, at::kLong);
  group.gather(whole, at::full({1}, mine, at::kLong))->wait();
  const auto* first = whole.const_data_ptr<std::int64_t>();
  return {first, first + whole.numel()};
}

std::vector<double> from_all(distributed::Group& group, const std::vector<double>& mine) {
  const auto whole = at::zeros({group.ranks(), std::ssize(mine)}, at::kDouble);
  group.gather(whole, at::tensor(mine, at::kDouble))->wait();
  const auto* first = whole.const_data_ptr<double>();
  return {first, first + whole.numel()};
}

int device_number(at::Device device) {
  if (device.has_index()) return device.index();
  return c10::impl::getDeviceGuardImpl(device.type())->getDevice().index();
}

double reserved_peak(at::Device device) {
  if (device.is_cpu()) return kNoNumber;
  const auto stats = at::getDeviceAllocator(device.type())
                         ->getDeviceStats(static_cast<c10::DeviceIndex>(device_number(device)));
  return static_cast<double>(stats.reserved_bytes[0].peak);  // 0: of all pools
}

std::int64_t number_of(const std::string& text) {
  return static_cast<std::int64_t>(std::hash<std::string>{}(text) >> 1);
}

std::optional<std::int64_t> largest(const std::vector<double>& all, Sent place) {
  double peak = kNoNumber;
  for (std::size_t at = place; at < all.size(); at += sent) peak = std::fmax(peak, all[at]);
  if (std::isnan(peak) || peak <= 0) return std::nullopt;
  return static_cast<std::int64_t>(peak);
}

double sum_of(const std::vector<double>& all, Sent place) {
  double sum = 0;
  for (std::size_t at = place; at < all.size(); at += sent) sum += all[at];
  return sum;
}

cost::EnergyUse joined_energy(const std::vector<double>& all, Sent joules, Sent covered,
                              std::int64_t meters, const std::string& why) {
  cost::EnergyUse use;
  use.why = why;
  double sum = 0, seconds = std::numeric_limits<double>::infinity();
  std::int64_t known = 0;
  for (std::size_t at = 0; at < all.size(); at += sent) {
    if (std::isnan(all[at + joules])) continue;
    sum += all[at + joules], seconds = std::min(seconds, all[at + covered]), ++known;
  }
  if (known == meters && known > 0) return {sum, seconds, why};
  if (known > 0)
    use.why = cat("only ", known, " of ", meters, " are known", why.empty() ? "" : ": ", why);
  return use;
}

}  // namespace ecg_lora::train
