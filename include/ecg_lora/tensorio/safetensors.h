// safetensors files: read memory-mapped, written whole or not at all.
#pragma once

#include <ATen/ATen.h>
#include <c10/util/accumulate.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ecg_lora::tensorio {

/// What a file says of one tensor.
struct TensorInfo {
  std::string name;
  at::ScalarType dtype = at::kFloat;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0, end = 0;  ///< bytes within the data section, end excluded
};

/// Bytes of its values, by dtype and shape.
inline std::uint64_t bytes_of(const TensorInfo& info) {
  return c10::elementSize(info.dtype) *
         static_cast<std::uint64_t>(c10::multiply_integers(info.shape));
}

/// A memory-mapped file. Tensors alias the mapping and keep it alive.
class SafetensorsFile {
 public:
  /// Checks header, offsets and file size; a damaged or truncated file is a checkpoint error.
  explicit SafetensorsFile(const std::filesystem::path& path);
  ~SafetensorsFile();

  const std::filesystem::path& path() const;
  const std::vector<TensorInfo>& tensors() const;              ///< in file order
  const std::map<std::string, std::string>& metadata() const;  ///< "__metadata__" of the header
  bool has(const std::string& name) const;
  /// Read-only view of the mapping, on the CPU. Checkpoint error if the name is unknown.
  at::Tensor tensor(const std::string& name) const;
  /// Gives the memory of a tensor's pages back to the system; reading the tensor brings them back.
  /// The name must be known.
  void release_pages(const std::string& name) const;
  /// Starts reading a tensor's bytes into the system's cache; takes no memory of this process. The
  /// name must be known.
  void prefetch(const std::string& name) const;

 private:
  struct Mapping;
  std::shared_ptr<Mapping> mapping_;
};

using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

/// Writes CPU or device tensors in the order given. Checkpoint error if two names are equal, data
/// error if the file cannot be written.
void write_safetensors(const std::filesystem::path& path, const NamedTensors& tensors,
                       const std::map<std::string, std::string>& metadata = {{"format", "pt"}});

}  // namespace ecg_lora::tensorio
