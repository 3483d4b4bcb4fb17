// The memory of one process that loads a base and computes with it.
#pragma once

#include <cstdint>
#include <string>

#include "ecg_lora/model/mllama/quantisation.h"

namespace ecg_lora::plan {

/// Bytes of one process at the moments when it holds most. The host is the CPU's memory.
struct RequiredMemory {
  std::int64_t libraries = 0;  ///< of libtorch and the program, on the host
  std::int64_t loading = 0;    ///< tensors on the host when the last weight is read
  std::int64_t pages = 0;    ///< of the file of that weight; the kernel takes them back if it must
  std::int64_t working = 0;  ///< tensors on the host later
  std::int64_t device = 0;   ///< on the CUDA device; 0 if the CPU computes
  std::int64_t files = 0;    ///< bytes of the files that are mapped
  /// The largest resident size to expect.
  std::int64_t host_peak() const;
  /// What must be there: without pages of files.
  std::int64_t host() const;
};

/// Bytes of a program that computes with libtorch, before it has a tensor.
std::int64_t library_bytes(bool cuda);

/// A base to load.
struct BaseLoad {
  model::ModelConfig model;
  model::BaseQuantisation base;
  at::ScalarType dtype = at::kFloat, stored = at::kFloat;  ///< in memory, and in its files
  std::int64_t files = 0;                                  ///< bytes of its files
  std::int64_t share = 1;  ///< processes that keep the weights of layers together
  /// Weights of layers stay in their files, if those have `dtype`: the kernel takes their pages
  /// back if it must.
  bool in_files = false;
  bool cuda = false;
};

/// What `folder` holds, from the headers of its files. Checkpoint error if they cannot be read.
BaseLoad base_load(const std::string& folder, const model::BaseQuantisation& base,
                   at::ScalarType dtype, bool cuda);

/// Of loading `load`, then holding `tensors` bytes of tensors, weights included. If a device
/// computes, `batch` bytes of them stay on the host.
RequiredMemory required_memory(const BaseLoad& load, std::int64_t tensors, std::int64_t batch);

}  // namespace ecg_lora::plan
