// CUDA's words for device code, run by the CPU: the threads of a block are threads, __syncthreads()
// is a barrier, and blocks come one after the other. To be included behind all headers but those of
// the device code.
#pragma once

#include <barrier>
#include <thread>
#include <vector>

#define __device__
#define __global__
#define __forceinline__ inline
#define __shared__ static

struct Index {
  unsigned x = 0;
};
inline thread_local Index threadIdx, blockIdx, blockDim;
inline std::barrier<>* block_barrier = nullptr;

inline void __syncthreads() {
  block_barrier->arrive_and_wait();
}

template <class... Parameters, class... Arguments>
void launch(void (*kernel)(Parameters...), unsigned blocks, unsigned threads, void*,
            Arguments... arguments) {
  for (unsigned block = 0; block < blocks; ++block) {
    std::barrier<> barrier(threads);
    block_barrier = &barrier;
    std::vector<std::jthread> all;
    for (unsigned thread = 0; thread < threads; ++thread)
      all.emplace_back([=] {
        threadIdx.x = thread, blockIdx.x = block, blockDim.x = threads;
        kernel(static_cast<Parameters>(arguments)...);
      });
  }
}
