// Checkpoint folders of LLaMA 3.2 Vision in any of their layouts.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "ecg_lora/tensorio/checkpoint_tensors.h"

namespace ecg_lora::model {

/// Whether `folder` holds weights of a layout that open_checkpoint() reads.
bool has_weights(const std::filesystem::path& folder);

/// Opens Hugging Face's safetensors, else Meta's consolidated.pth (or consolidated.00.pth and so
/// on, split for model parallelism) in a folder with params.json. The latter's tensors appear under
/// Hugging Face's names on disk, in the shapes and the order of rotary pairs that go with them;
/// each is put together when it is asked for. Checkpoint error if there are no weights, a file is
/// missing or damaged, or params.json does not fit them.
std::unique_ptr<tensorio::Checkpoint> open_checkpoint(const std::filesystem::path& folder);

/// Names on disk to the names in `checkpoint`, which may be those of transformers before or from
/// 4.52 (disk_name()).
std::map<std::string, std::string> stored_names(const tensorio::Checkpoint& checkpoint);

}  // namespace ecg_lora::model
