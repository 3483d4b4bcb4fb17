#include "ecg_lora/train/loop/tensor_memory.h"

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <c10/core/alignment.h>
#include <c10/core/impl/alloc_cpu.h>

#include <atomic>

namespace ecg_lora::train {
namespace {

std::atomic<std::int64_t> bytes_now{0}, bytes_peak{0};

constexpr std::size_t kHeader = c10::gAlignment;  ///< in front of each allocation, for its size

void release(void* data) {
  if (!data) return;
  auto* base = static_cast<char*>(data) - kHeader;
  bytes_now -= *reinterpret_cast<std::int64_t*>(base);
  c10::free_cpu(base);
}

/// libtorch's own CPU memory, with a count. Data and context are one pointer, as raw_allocate()
/// demands.
class CountingAllocator : public c10::Allocator {
 public:
  c10::DataPtr allocate(std::size_t bytes) override {
    if (bytes == 0) return {nullptr, nullptr, &release, c10::Device(c10::DeviceType::CPU)};
    auto* base = static_cast<char*>(c10::alloc_cpu(bytes + kHeader));
    *reinterpret_cast<std::int64_t*>(base) = static_cast<std::int64_t>(bytes);
    const auto now = bytes_now += static_cast<std::int64_t>(bytes);
    for (auto peak = bytes_peak.load();
         now > peak && !bytes_peak.compare_exchange_weak(peak, now);) {
    }
    return {base + kHeader, base + kHeader, &release, c10::Device(c10::DeviceType::CPU)};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &release; }
  void copy_data(void* to, const void* from, std::size_t count) const override {
    default_copy_data(to, from, count);
  }
};

void count_cpu() {
  static const bool kOnce = [] {
    c10::SetCPUAllocator(new CountingAllocator, /*priority=*/1);  // lives as long as the process
    return true;
  }();
  static_cast<void>(kOnce);
}

c10::CachingDeviceAllocator::Stat device_bytes(at::Device device) {
  const auto stats =
      at::getDeviceAllocator(device.type())
          ->getDeviceStats(device.has_index() ? device.index() : c10::DeviceIndex{0});
  return stats
      .allocated_bytes[static_cast<std::size_t>(c10::CachingDeviceAllocator::StatType::AGGREGATE)];
}

}  // namespace

TensorMemory::TensorMemory(at::Device device) : device_(device) {
  if (device.is_cpu()) count_cpu();
}

std::int64_t TensorMemory::now() const {
  return device_.is_cpu() ? bytes_now.load() : device_bytes(device_).current;
}
std::int64_t TensorMemory::peak() const {
  return device_.is_cpu() ? bytes_peak.load() : device_bytes(device_).peak;
}

void TensorMemory::reset_peak() {
  if (device_.is_cpu())
    bytes_peak = bytes_now.load();
  else
    at::getDeviceAllocator(device_.type())
        ->resetPeakStats(device_.has_index() ? device_.index() : c10::DeviceIndex{0});
}

}  // namespace ecg_lora::train
