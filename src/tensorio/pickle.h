// The part of Python's pickle format that state dicts are written in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ecg_lora/tensorio/pth.h"

namespace ecg_lora::tensorio {

/// The tensors of a pickled dictionary, with shape, stride, storage and offset; byte ranges are left empty. Nothing is called: the only names that may stand in the pickle
/// are torch's storages, _rebuild_tensor_v2, _rebuild_parameter and OrderedDict. Checkpoint error otherwise; `origin` names the file.
std::vector<PthTensor> parse_state_dict(std::string_view pickle, const std::string& origin);

}  // namespace ecg_lora::tensorio
