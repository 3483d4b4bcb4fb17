// The codes of a quantised base in a safetensors file, with a checksum per weight.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/nn/quantised/quantised.h"
#include "ecg_lora/tensorio/safetensors.h"
#include "ecg_lora/tensorio/stream_writer.h"

namespace ecg_lora::model {

/// A weight [out, in] that is quantised, by its name on disk.
struct WeightToQuantise {
  std::string name;
  std::int64_t out = 0, in = 0;
};

/// What a file of codes holds: all weights in the order in which they are loaded, and the key that
/// it was made under.
struct CodesLayout {
  nn::Quantisation kind = nn::Quantisation::nf4;
  std::vector<WeightToQuantise> weights;
  std::string key;

  std::int64_t bytes() const;
};

class CodesReader {
 public:
  /// Checkpoint error if the file is damaged, or is not what `layout` says.
  CodesReader(const std::filesystem::path& path, CodesLayout layout);

  /// The weight of that index in the layout, on `device`. Null if its bytes are not those that
  /// were written.
  std::shared_ptr<nn::QuantisedImpl> read(std::size_t index, at::Device device) const;
  std::uint64_t bytes(std::size_t index) const;
  /// Starts reading it into the system's cache; from any thread.
  void prefetch(std::size_t index) const;

 private:
  std::vector<std::string> names(std::size_t index) const;

  tensorio::SafetensorsFile file_;
  CodesLayout layout_;
  at::Tensor checksums_;  ///< [weights] int64
};

/// Writes a file of codes, which appears whole or not at all.
class CodesWriter {
 public:
  /// Data error if it cannot be written; usage error if another process writes it.
  CodesWriter(const std::filesystem::path& path, const CodesLayout& layout);

  /// The next weight of the layout.
  void write(const nn::QuantisedImpl& weight);
  void finish();

 private:
  tensorio::StreamWriter writer_;
  std::vector<std::int64_t> checksums_;
};

}  // namespace ecg_lora::model
