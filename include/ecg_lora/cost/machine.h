// What a process computes on.
#pragma once

#include <filesystem>
#include <string>

namespace ecg_lora::cost {

/// Files and libraries through which the machine describes itself.
struct MachinePaths {
  std::filesystem::path powercap = "/sys/class/powercap";
  std::filesystem::path cpuinfo = "/proc/cpuinfo";
  std::filesystem::path boot_id = "/proc/sys/kernel/random/boot_id";
  std::string nvml = "libnvidia-ml.so.1", cuda = "libcuda.so.1";
};

/// "AMD EPYC 9654", as the kernel names it; the architecture if it does not.
std::string cpu_model(const std::filesystem::path& cpuinfo);
/// Cores that this process may use.
int usable_cores();
/// The same for all processes on one machine, in containers too; its name if there is no boot id.
std::string machine_id(const std::filesystem::path& boot_id);
/// Seconds of CPU time of all threads of this process, from its start.
double cpu_seconds();
/// "2026-11-27T21:40:00Z".
std::string utc_now();

}  // namespace ecg_lora::cost
