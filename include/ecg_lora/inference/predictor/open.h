// One way to open a model: base, adapter, tokenizer, chat format and image settings in one object.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ecg_lora/data/loader/preprocess.h"
#include "ecg_lora/inference/loading/load.h"
#include "ecg_lora/text/chat.h"

namespace ecg_lora::inference {

/// How a model is asked: read before its weights.
struct Formats {
  text::ChatFormat chat;
  data::ImageConfig image;
};

/// From the tokenizer, chat template and processor files of the folder `base`.
Formats load_formats(const std::string& base);

struct OpenModel {
  Formats formats;
  model::Mllama model;                        ///< in eval mode, with its adapter
  std::optional<lora::InjectReport> adapter;  ///< what the adapter brought; none if there is none

  /// Tokens that end an answer in words.
  std::vector<std::int64_t> stops() const;
};

/// Loads the weights of a `choice` that check_files() and require_memory() have seen. Warns if the
/// adapter was trained in another layout of prompts than that of `formats`, which are those of the
/// base.
OpenModel open_model(const ModelChoice& choice, const plan::MemoryChecked& checked,
                     Formats formats);

}  // namespace ecg_lora::inference
