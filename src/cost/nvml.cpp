// NVML's functions by name, as its API reference has them (NVML API Reference Guide, "Device
// Queries").
#include <dlfcn.h>

#include "ecg_lora/base/error.h"
#include "ecg_lora/cost/energy.h"

namespace ecg_lora::cost {
namespace {

/// A library that stays open until the process ends: what it started may run on.
class Library {
 public:
  explicit Library(const std::string& name)
      : name_(name), handle_(::dlopen(name.c_str(), RTLD_NOW)) {
    if (!handle_) throw_data(name, " cannot be opened; it comes with NVIDIA's driver");
  }
  template <class Function>
  Function function(const char* name) const {
    void* found = ::dlsym(handle_, name);
    if (!found) throw_data(name_, " has no ", name, "; it is of an older driver");
    return reinterpret_cast<Function>(found);
  }

 private:
  std::string name_;
  void* handle_;
};

/// "00000000:3B:00.0" of the GPU that CUDA calls `device` here, whatever hides the others.
std::string slot_of(int device, const std::string& driver) {
  const Library cuda(driver);
  int handle = 0;
  char text[64] = {};
  const bool found = cuda.function<int (*)(unsigned)>("cuInit")(0) == 0 &&
                     cuda.function<int (*)(int*, int)>("cuDeviceGet")(&handle, device) == 0 &&
                     cuda.function<int (*)(char*, int, int)>("cuDeviceGetPCIBusId")(
                         text, sizeof text - 1, handle) == 0;
  if (!found) throw_data(driver, " does not know the slot of GPU ", device);
  return text;
}

}  // namespace

Nvml::Nvml(int device, const std::string& library, const std::string& driver) {
  try {
    find(device, library, driver);
  } catch (const Error& error) {
    why_ = error.what();
  }
}

void Nvml::find(int device, const std::string& library, const std::string& driver) {
  bus_id_ = slot_of(device, driver);
  const Library nvml(library);
  const auto message = nvml.function<const char* (*)(int)>("nvmlErrorString");
  const auto check = [&](int code, const char* what) {
    if (code != 0) throw_data("NVML's ", what, " said: ", message(code));
  };
  check(nvml.function<int (*)()>("nvmlInit_v2")(), "nvmlInit_v2");
  const auto by_slot = "nvmlDeviceGetHandleByPciBusId_v2";
  check(nvml.function<int (*)(const char*, void**)>(by_slot)(bus_id_.c_str(), &device_), by_slot);
  char text[128] = {};
  const auto name = nvml.function<int (*)(void*, char*, unsigned)>("nvmlDeviceGetName");
  if (name(device_, text, sizeof text - 1) == 0) name_ = text;
  const auto total = "nvmlDeviceGetTotalEnergyConsumption";
  energy_ = nvml.function<Energy>(total);
  unsigned long long millijoules = 0;
  check(energy_(device_, &millijoules), total);
  first_ = static_cast<double>(millijoules) / 1e3;
}

void Nvml::sample() {
  unsigned long long millijoules = 0;
  const int code = energy_(device_, &millijoules);
  if (code != 0)
    why_ = cat("NVML stopped to tell it, code ", code);
  else
    joules_ = static_cast<double>(millijoules) / 1e3 - first_;
}

}  // namespace ecg_lora::cost
