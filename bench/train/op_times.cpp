#include "op_times.h"

#include <ATen/record_function.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>

namespace ecg_lora::bench {
namespace {

using Clock = std::chrono::steady_clock;

std::mutex mutex;
std::map<std::string, double> times;

struct Call : at::ObserverContext {
  Clock::time_point start = Clock::now();
  double inner = 0;
  Call* outer = nullptr;
};

thread_local Call* current = nullptr;

std::unique_ptr<at::ObserverContext> begin(const at::RecordFunction&) {
  auto call = std::make_unique<Call>();
  call->outer = current;
  current = call.get();
  return call;
}

void end(const at::RecordFunction& function, at::ObserverContext* context) {
  auto* call = static_cast<Call*>(context);
  const double seconds = std::chrono::duration<double>(Clock::now() - call->start).count();
  current = call->outer;
  if (current) current->inner += seconds;
  const std::lock_guard<std::mutex> lock(mutex);
  times[function.name()] += seconds - call->inner;
}

}  // namespace

void watch_operators() { at::addGlobalCallback(at::RecordFunctionCallback(&begin, &end)); }

std::vector<std::pair<std::string, double>> operator_times() {
  const std::lock_guard<std::mutex> lock(mutex);
  std::vector<std::pair<std::string, double>> result(times.begin(), times.end());
  times.clear();
  std::sort(result.begin(), result.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  return result;
}

}  // namespace ecg_lora::bench
