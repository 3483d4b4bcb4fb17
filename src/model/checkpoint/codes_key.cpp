#include "codes_key.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "ecg_lora/base/file.h"
#include "ecg_lora/base/hash.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/base/json_text.h"
#include "ecg_lora/model/mllama/quantisation.h"

namespace ecg_lora::model {
namespace {

constexpr int kCodesFormat = 1;  ///< to be raised if the same weights give other codes or files
constexpr std::uint64_t kSample = 4096, kStride = std::uint64_t{1} << 24;

/// Of 4 KiB at every 16 MiB, and of the last 4 KiB.
std::string sampled_sum(const std::filesystem::path& path, std::uint64_t size) {
  const int descriptor = open_descriptor(path, ExitCode::checkpoint);
  Sha256 sum;
  char bytes[kSample];
  const auto add = [&](std::uint64_t at) {
    const auto count = ::pread(descriptor, bytes, kSample, static_cast<off_t>(at));
    if (count > 0) sum.update({bytes, static_cast<std::size_t>(count)});
  };
  for (std::uint64_t at = 0; at < size; at += kStride) add(at);
  add(size > kSample ? size - kSample : 0);
  ::close(descriptor);
  return sum.digest();
}

Json tensors_json(const tensorio::Checkpoint& checkpoint, const tensorio::CheckpointFile& file) {
  Json result = Json::array();
  for (const auto& name : file.names) {
    const auto& info = checkpoint.info(name);
    result.push_back({name, c10::toString(info.dtype), info.shape, info.begin, info.end});
  }
  return result;
}

}  // namespace

std::string codes_key(const tensorio::Checkpoint& checkpoint, nn::Quantisation kind,
                      const std::vector<WeightToQuantise>& weights) {
  Json files = Json::array(), names = Json::array();
  for (const auto& file : checkpoint.files()) {
    const auto size = std::filesystem::file_size(file.path);
    const auto changed = std::filesystem::last_write_time(file.path).time_since_epoch().count();
    files.push_back({{"name", file.path.filename().string()},
                     {"bytes", size},
                     {"changed", static_cast<std::int64_t>(changed)},
                     {"tensors", tensors_json(checkpoint, file)},
                     {"samples", sampled_sum(file.path, size)}});
  }
  for (const auto& weight : weights) names.push_back(weight.name);
  return sha256(json_text({{"format", kCodesFormat},
                           {"base_quantisation", to_string(kind)},
                           {"weights", names},
                           {"files", files}}));
}

}  // namespace ecg_lora::model
