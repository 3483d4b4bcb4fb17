// The functions of libnvidia-ml.so.1 and libcuda.so.1 that ecg-lora calls, for one GPU. The file
// that FAKE_NVML_FILE names holds its energy in mJ, or "error" and a code.
#include <cstdio>
#include <cstdlib>
#include <cstring>

extern "C" {

int cuInit(unsigned) {
  return 0;
}
int cuDeviceGet(int* handle, int ordinal) {
  return *handle = 40 + ordinal, ordinal < 2 ? 0 : 101;
}
int cuDeviceGetPCIBusId(char* text, int size, int handle) {
  return std::snprintf(text, static_cast<std::size_t>(size), "0000:%02d:00.0", handle) > 0 ? 0 : 1;
}

int nvmlInit_v2() {
  return 0;
}
const char* nvmlErrorString(int code) {
  return code == 3 ? "Not Supported" : "Unknown Error";
}
int nvmlDeviceGetHandleByPciBusId_v2(const char* slot, void** device) {
  static char gpu[] = "the GPU";
  *device = gpu;
  return std::strcmp(slot, "0000:41:00.0") == 0 ? 0 : 6;
}
int nvmlDeviceGetName(void*, char* text, unsigned size) {
  return std::snprintf(text, size, "NVIDIA Fake") > 0 ? 0 : 1;
}
int nvmlDeviceGetTotalEnergyConsumption(void*, unsigned long long* millijoules) {
  std::FILE* file = std::fopen(std::getenv("FAKE_NVML_FILE"), "r");
  int code = 999;
  if (!file) return code;
  const bool error = std::fscanf(file, "error %d", &code) == 1;
  if (!error) std::rewind(file), code = std::fscanf(file, "%llu", millijoules) == 1 ? 0 : 999;
  std::fclose(file);
  return code;
}
}
