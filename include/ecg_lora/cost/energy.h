// Energy that the machine counts: RAPL for CPUs and their memory, NVML for GPUs.
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace ecg_lora::cost {

/// A counter of joules. All numbers count from its construction on.
class EnergyCounter {
 public:
  virtual ~EnergyCounter() = default;
  /// Reads the hardware. REQUIRES: available().
  virtual void sample() = 0;
  /// Joules up to the last sample() that succeeded.
  double joules() const { return joules_; }
  /// Whether the machine tells it, and has done so at every sample() so far.
  bool available() const { return why_.empty(); }
  /// Why not, for people; empty if it does.
  const std::string& why() const { return why_; }

 protected:
  double joules_ = 0;
  std::string why_;
};

/// Packages of CPUs and their memory, as Linux' powercap shows them: the whole machine, whoever
/// computes on it. "package-N" and "dram" zones are added up; "core" and "uncore" are parts of a
/// package, and "psys" holds packages. A counter that started again at 0 is read right if it was
/// sampled within one round (65 to 260 kJ, minutes of a server).
class Rapl : public EnergyCounter {
 public:
  explicit Rapl(const std::filesystem::path& root = "/sys/class/powercap");
  void sample() override;

 private:
  struct Zone {
    std::filesystem::path counter;
    double last = 0, range = 0;  ///< microjoules; the counter starts again behind `range`
  };
  std::vector<Zone> zones_;
};

/// One GPU of NVIDIA's, by the number that CUDA gives it in this process. Both libraries are opened
/// at run time; a build needs neither. Of a part of a GPU (MIG) the whole GPU is counted.
class Nvml : public EnergyCounter {
 public:
  explicit Nvml(int device, const std::string& library = "libnvidia-ml.so.1",
                const std::string& driver = "libcuda.so.1");
  void sample() override;
  const std::string& name() const { return name_; }      ///< empty if it is not known
  const std::string& bus_id() const { return bus_id_; }  ///< of the slot; empty if it is not known

 private:
  void find(int device, const std::string& library, const std::string& driver);

  using Energy = int (*)(void*, unsigned long long*);
  Energy energy_ = nullptr;
  void* device_ = nullptr;
  double first_ = 0;  ///< joules since the driver was loaded
  std::string name_, bus_id_;
};

/// What counters said by now.
struct EnergyUse {
  std::optional<double> joules;  ///< nothing if the machine does not tell it
  double seconds = 0;            ///< of which time
  std::string why;               ///< why there is nothing, or nothing after `seconds`
};

/// Samples a counter every few seconds from a thread of its own, so that none goes round unseen.
class EnergyMeter {
 public:
  explicit EnergyMeter(std::unique_ptr<EnergyCounter> counter,
                       std::chrono::milliseconds every = std::chrono::seconds(10));
  ~EnergyMeter();
  EnergyUse read();

 private:
  void sample();

  std::unique_ptr<EnergyCounter> counter_;
  std::chrono::milliseconds every_;
  std::chrono::steady_clock::time_point start_, sampled_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace ecg_lora::cost
