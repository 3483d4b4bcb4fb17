// What a command needs, against what there is, before weights are read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/base/memory_limits.h"
#include "ecg_lora/model/mllama/quantisation.h"

namespace ecg_lora::plan {

/// Bytes of one process at the moments when it holds most. The host is the CPU's memory.
struct Need {
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

/// Of a program that computes with libtorch.
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

/// What `folder` holds, from its headers.
BaseLoad base_load(const std::string& folder, const model::BaseQuantisation& base,
                   at::ScalarType dtype, bool cuda);

/// Of loading `load`, then holding `tensors` bytes of tensors, weights included, of which `batch`
/// stay on the host where a device computes.
Need need_of(const BaseLoad& load, std::int64_t tensors, std::int64_t batch);

/// Other arguments of the command, and what it would need with them.
struct Option {
  std::string arguments;
  Need need;
};

/// What there is.
struct Room {
  std::vector<MemoryLimit> limits;
  std::optional<std::int64_t> device;  ///< free bytes of the CUDA device
  std::int64_t processes = 1;          ///< that load a base on this machine at the same time
};
/// Processes of this launch on this machine, by the variables of torchrun or Slurm; at least 1.
std::int64_t processes_here();
/// On this machine now; of the CUDA device only if `cuda`.
Room room_now(bool cuda);

/// "21.3 GB", of 1e9 bytes.
std::string format_giga(std::int64_t bytes);

/// Why `need` does not fit into `room`, "27.1 GB of memory, expected at most …"; empty if it does.
std::string shortage(const Need& need, const Room& room);

/// That the memory was looked at: only require_room() makes one, and what loads a base asks for it.
class RoomChecked {
  RoomChecked() = default;
  friend RoomChecked require_room(const std::string& command, const Need& need,
                                  const std::vector<Option>& options, const Room& room, bool force);
};

/// Usage error if `need` does not fit: names what `command` needs, what there is, the options that
/// would fit, and --force, with which it is a warning.
RoomChecked require_room(const std::string& command, const Need& need,
                         const std::vector<Option>& options, const Room& room, bool force);

}  // namespace ecg_lora::plan
