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
  std::vector<std::int64_t> shape, stride;
  std::uint64_t begin = 0,
                end = 0;  ///< byte range in the file, of the first element to behind the last
};

/// A memory-mapped file. Tensors alias the mapping and keep it alive.
class PthFile {
 public:
  /// Checkpoint error where the file is no zip archive of torch.save(), is damaged, or holds
  /// anything but a dictionary of tensors; what it would have Python call is named.
  explicit PthFile(const std::filesystem::path& path);
  ~PthFile();

  const std::filesystem::path& path() const;
  const std::vector<PthTensor>& tensors() const;  ///< in the dictionary's order
  /// Null where there is no such tensor.
  const PthTensor* find(const std::string& name) const;
  /// Read-only view of the mapping, on the CPU. REQUIRES: the name is known.
  at::Tensor tensor(const std::string& name) const;
  /// Gives the memory that the pages of a tensor take back to the system.
  void release_pages(const std::string& name) const;
  /// Starts reading a tensor's bytes into the system's cache; takes no memory of this process.
  void prefetch(const std::string& name) const;

 private:
  struct Contents;
  std::shared_ptr<Contents> contents_;
};

}  // namespace ecg_lora::tensorio
