// Whether the tensors of a checkpoint are those of its config.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ecg_lora/model/shape/config.h"
#include "ecg_lora/tensorio/checkpoint_tensors.h"

namespace ecg_lora::model {

/// How the tensors on disk differ from the table of a config.
struct Mismatch {
  std::vector<std::string> missing;     ///< names on disk of table rows without a tensor
  std::vector<std::string> unexpected;  ///< names in the checkpoint of tensors without a table row
  std::vector<std::string> misshaped;   ///< "NAME: expected [4, 2], got [4, 4]"
  bool empty() const { return missing.empty() && unexpected.empty() && misshaped.empty(); }
};

/// Compares names and shapes; `stored` as stored_names() has it. Reads no tensor, so that sizes of
/// a config.json are checked before memory is taken for any of them.
Mismatch compare_table(const ModelConfig& config, const tensorio::Checkpoint& checkpoint,
                       const std::map<std::string, std::string>& stored);

/// Checkpoint error that counts and names what differs, if anything does.
void check_table(const ModelConfig& config, const tensorio::Checkpoint& checkpoint,
                 const std::map<std::string, std::string>& stored);

}  // namespace ecg_lora::model
