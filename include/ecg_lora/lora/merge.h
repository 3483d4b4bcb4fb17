// Base plus adapter to a plain checkpoint, streamed tensor by tensor.
#pragma once

#include <filesystem>
#include <string>

namespace ecg_lora::lora {

struct MergeReport {
  std::int64_t tensors = 0, merged = 0;
  std::uint64_t bytes = 0;
  std::vector<std::pair<std::string, double>> changes;  ///< merged tensor and the Frobenius norm of its change over its own
};

/// merged_weight() of every adapted linear in fp32, written in the dtype of the base (or `dtype`: fp32, bf16, fp16), shard by shard with the
/// names of the base's shards. config.json, tokenizer, processor and chat-template files are copied. `out` must not
/// exist (usage error); an adapter that does not fit every target is a checkpoint error; an interrupted merge leaves nothing.
MergeReport merge(const std::filesystem::path& base, const std::filesystem::path& adapter,
                  const std::filesystem::path& out, const std::string& dtype = "");

}  // namespace ecg_lora::lora
