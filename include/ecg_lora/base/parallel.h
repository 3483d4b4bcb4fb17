// A loop over independent pieces of work on several threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "ecg_lora/base/progress.h"

namespace ecg_lora {

/// Threads that `asked` stands for: itself, or one per core if it is 0.
inline int thread_count(int asked) {
  return asked > 0 ? asked : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

/// Calls use(i) for i in [0, count) from `threads` threads, each i once, in no certain order. The
/// exception of the lowest i that threw is thrown after all threads have stopped; work that was not
/// begun by then is left. What use(i) writes must depend on i alone: then no result depends on
/// `threads`.
template <class F>
void parallel_for(std::size_t count, int threads, F use) {
  std::atomic<std::size_t> next{0}, stop{count};
  std::mutex mutex;
  std::exception_ptr error;
  std::size_t error_at = count;
  const auto work = [&] {
    for (std::size_t i = next++; i < stop; i = next++) try {
        use(i);
      } catch (...) {
        const std::lock_guard<std::mutex> lock(mutex);
        // What comes before must still be tried: its error is the one to tell.
        if (i < error_at) error_at = i, error = std::current_exception(), stop = i;
      }
  };
  std::vector<std::thread> helpers;
  const auto wanted = std::min(static_cast<std::size_t>(thread_count(threads)), count);
  for (std::size_t i = 1; i < wanted; ++i) helpers.emplace_back(work);
  work();
  for (auto& helper : helpers) helper.join();
  if (error) std::rethrow_exception(error);
}

/// The same; advances `progress`, if there is one, after each use(i).
template <class F>
void parallel_for(std::size_t count, int threads, F use, Progress* progress) {
  parallel_for(count, threads, [&](std::size_t i) {
    use(i);
    if (progress) progress->advance();
  });
}

}  // namespace ecg_lora
