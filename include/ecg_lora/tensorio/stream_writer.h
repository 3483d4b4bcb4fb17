// A safetensors file written one tensor at a time, so that no more than one need be in memory.
#pragma once

#include <filesystem>
#include <vector>

#include "ecg_lora/base/file.h"
#include "ecg_lora/tensorio/safetensors.h"

namespace ecg_lora::tensorio {

/// Of a file that appears under its name when it is whole, or not at all. Data error from any
/// function if it cannot be written.
class StreamWriter {
 public:
  /// `tensors`: names, dtypes and shapes in the order in which write() will get them; byte ranges
  /// are computed here.
  StreamWriter(const std::filesystem::path& path, const std::vector<TensorInfo>& tensors,
               const std::map<std::string, std::string>& metadata = {{"format", "pt"}});
  /// Writes the next tensor; std::logic_error if its dtype or shape is not what was announced.
  void write(const at::Tensor& tensor);
  /// Writes elements of the next tensor, in their order; it ends with its last. std::logic_error if
  /// the dtype is another, or there are too many.
  void append(const at::Tensor& part);
  /// Gives the file its name; std::logic_error if tensors are missing.
  void finish();

 private:
  AtomicFile file_;
  std::vector<TensorInfo> tensors_;
  std::size_t next_ = 0;
  std::int64_t appended_ = 0;  ///< elements of the next tensor that are written already
};

}  // namespace ecg_lora::tensorio
