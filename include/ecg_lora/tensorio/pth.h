// Files of torch.save() that hold a dictionary of tensors (a state dict): read memory-mapped,
// without running anything that the file names.
#pragma once

#include <ATen/ATen.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace ecg_lora::tensorio {

/// What a file says of one tensor.
struct PthTensor {
  std::string name;
  at::ScalarType dtype = at::kFloat;
  std::vector<std::int64_t> shape, stride;  ///< stride in elements
  std::uint64_t begin = 0, end = 0;         ///< bytes in the file of its elements, end excluded
};

/// A memory-mapped file. Tensors alias the mapping and keep it alive.
class PthFile {
 public:
  /// Checkpoint error if the file is no zip archive of torch.save(), is damaged, or holds
  /// anything but a dictionary of tensors; what it would have Python call is named.
  explicit PthFile(const std::filesystem::path& path);
  ~PthFile();

  const std::filesystem::path& path() const;
  const std::vector<PthTensor>& tensors() const;  ///< in the dictionary's order
  /// Null if there is no such tensor.
  const PthTensor* find(const std::string& name) const;
  /// Read-only view of the mapping, on the CPU. The name must be known.
  at::Tensor tensor(const std::string& name) const;
  /// Gives the memory of a tensor's pages back to the system; reading the tensor brings them back.
  /// The name must be known.
  void release_pages(const std::string& name) const;
  /// Starts reading a tensor's bytes into the system's cache; takes no memory of this process. The
  /// name must be known.
  void prefetch(const std::string& name) const;

 private:
  struct Contents;
  std::shared_ptr<Contents> contents_;
};

}  // namespace ecg_lora::tensorio
