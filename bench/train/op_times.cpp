#include "op_times.h"

#include <ATen/record_function.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <mutex>

namespace ecg_lora::bench {
namespace {

/// Processor time of the thread: with one thread, what an operator costs on a busy machine too.
double now() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

std::mutex mutex;
std::map<std::string, double> times;

struct Call : at::ObserverContext {
  double start = now();
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
  const double seconds = now() - call->start;
  current = call->outer;
  if (current) current->inner += seconds;
  const std::lock_guard<std::mutex> lock(mutex);
  times[function.name()] +=
      function.scope() == at::RecordScope::USER_SCOPE ? seconds : seconds - call->inner;
}

}  // namespace

void watch_operators() {
  at::addGlobalCallback(at::RecordFunctionCallback(&begin, &end));
}

std::vector<std::pair<std::string, double>> operator_times() {
  const std::lock_guard<std::mutex> lock(mutex);
  std::vector<std::pair<std::string, double>> result(times.begin(), times.end());
  times.clear();
  std::sort(result.begin(), result.end(),
            [](const auto& a, const auto& b) { return a.second > b.second; });
  return result;
}

}  // namespace ecg_lora::bench
