#include "text.h"

#include <c10/core/CachingDeviceAllocator.h>

#include <iomanip>
#include <set>
#include <sstream>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/join.h"
#include "ecg_lora/base/text_table.h"

namespace ecg_lora::train {
namespace {

constexpr std::size_t kMaxIds = 20;

}  // namespace

MemoryUse memory_use(at::Device device) {
  if (device.is_cpu()) return resident_memory();
  const auto stats = at::getDeviceAllocator(device.type())
                         ->getDeviceStats(device.has_index() ? device.index() : 0);
  return {stats.allocated_bytes[0].current, stats.allocated_bytes[0].peak};  // 0: of all pools
}

std::string note(const StepResult& r, at::Device device) {
  std::ostringstream out;
  out << "loss " << fixed_text(r.loss, 4) << ", lr " << std::scientific << std::setprecision(1)
      << r.lr << ", norm " << fixed_text(r.gradient_norm, 2) << ", "
      << fixed_text(static_cast<double>(r.samples) / r.seconds, 1) << " samples/s, "
      << fixed_text(static_cast<double>(r.text_tokens) / r.seconds, 0) << " tokens/s, "
      << fixed_text(100 * r.data_wait / r.seconds, 0) << " % waiting, "
      << format_bytes(memory_use(device).now);
  return out.str();
}

std::string id_list(const std::vector<std::int64_t>& ids) {
  const std::set<std::int64_t> different(ids.begin(), ids.end());
  return joined_at_most(kMaxIds, different);
}

}  // namespace ecg_lora::train
