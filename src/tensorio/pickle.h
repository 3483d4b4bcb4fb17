// The part of Python's pickle format that state dicts are written in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ecg_lora::tensorio {

/// A tensor as torch pickles it: a view of a storage.
struct PickledTensor {
  std::string name;
  std::string type;                         ///< of the storage, for example "BFloat16Storage"
  std::string storage;                      ///< key of the record that holds it
  std::int64_t offset = 0;                  ///< first element in the storage
  std::vector<std::int64_t> shape, stride;  ///< not negative, of equal length
};

/// The tensors of a pickled dictionary, in its order. Nothing is called: the only names that may
/// stand in the pickle are torch's storages, _rebuild_tensor_v2, _rebuild_parameter and
/// OrderedDict. Checkpoint error otherwise; `origin` names the file.
std::vector<PickledTensor> parse_state_dict(std::string_view pickle, const std::string& origin);

}  // namespace ecg_lora::tensorio
