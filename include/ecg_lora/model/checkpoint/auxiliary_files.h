// The files of a checkpoint folder that are not weights, for a folder with new weights.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <filesystem>
#include <vector>

namespace ecg_lora::model {

/// Copies what stays true if the weights of `base` change: config, tokenizer, image processor,
/// chat template, notes. Not copied: weights of any format, adapters, and what a trainer left.
///   - If `base` has Meta's layout, its params.json becomes Hugging Face's three files.
///   - If its image processor is in processor_config.json alone, as transformers 5 writes it,
///     preprocessor_config.json is written from it, which transformers 4 reads.
///   - "transformers_weights" of config.json, which names a file of the base, is removed.
/// Checkpoint error for a config or tokenizer larger than any; a warning for other large files.
void copy_auxiliary_files(const std::filesystem::path& base, const std::filesystem::path& out);

/// Writes the dtype of the weights into config.json of `folder`. Data error if that file cannot be
/// read or written.
void write_dtype(const std::filesystem::path& folder, at::ScalarType dtype);

/// Adds those of `stop_tokens` (token ids) that generation_config.json and config.json of `folder`
/// lack. transformers ends an answer only at what generation_config.json names; without that file,
/// at what config.json does. Returns what was added to either. Checkpoint error if a file cannot be
/// read.
std::vector<std::int64_t> add_stop_tokens(const std::filesystem::path& folder,
                                          const std::vector<std::int64_t>& stop_tokens);

}  // namespace ecg_lora::model
