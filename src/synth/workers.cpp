#include "workers.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace ecg_lora::synth {

void for_each_index(std::size_t count, int workers, const std::function<void(std::size_t)>& work,
                    const std::function<void()>& done) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::mutex mutex;
  const auto run = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      try {
        work(i);
        const std::lock_guard<std::mutex> lock(mutex);
        done();
      } catch (...) {
        const std::lock_guard<std::mutex> lock(mutex);
        if (!failure) failure = std::current_exception();
        next = count;
      }
    }
  };
  const std::size_t wanted =
      workers > 0 ? static_cast<std::size_t>(workers) : std::thread::hardware_concurrency();
  std::vector<std::jthread> threads;
  for (std::size_t k = 1; k < std::min(wanted, count); ++k) threads.emplace_back(run);
  run();
  threads.clear();  // joins
  if (failure) std::rethrow_exception(failure);
}

}  // namespace ecg_lora::synth
