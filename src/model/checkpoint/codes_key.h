// What decides the codes of a quantised base, as one hash.
#pragma once

#include <string>

#include "codes_file.h"
#include "ecg_lora/tensorio/checkpoint_tensors.h"

namespace ecg_lora::model {

/// SHA-256 over the format of codes, the kind of quantisation, the weights that are quantised, and
/// of each file of the checkpoint: name, size, time of the last change, the tensors that it holds
/// with dtype, shape and place, and 4 KiB of every 16 MiB. Neither the compute dtype nor the device
/// is part of it: codes are made from the values in the file, on the CPU.
std::string codes_key(const tensorio::Checkpoint& checkpoint, nn::Quantisation kind,
                      const std::vector<WeightToQuantise>& weights);

}  // namespace ecg_lora::model
