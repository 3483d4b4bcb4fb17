// The cache of codes: a base that was quantised before is read as codes.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "codes_file.h"
#include "ecg_lora/model/mllama/quantisation.h"
#include "ecg_lora/tensorio/checkpoint_tensors.h"

namespace ecg_lora::model {

/// Reads the file of codes in the folder `quantisation.cache` that was made of `checkpoint`, or
/// writes it if there is none. Nothing about it ends a load: what cannot be used or written is
/// warned of. Several processes may share a folder: one writes, and a file appears whole.
class CodesCache {
 public:
  /// `weights` in the order in which they are loaded. Without a folder it does nothing.
  CodesCache(const tensorio::Checkpoint& checkpoint, const BaseQuantisation& quantisation,
             std::vector<WeightToQuantise> weights);

  bool reads() const { return reader_.has_value(); }
  /// The weight of that name on disk; null if the cache does not have it.
  std::shared_ptr<nn::QuantisedImpl> find(const std::string& name, at::Device device);
  /// Of that weight in the file. REQUIRES: reads().
  std::uint64_t bytes(const std::string& name) const { return reader_->bytes(index_.at(name)); }
  void prefetch(const std::string& name) const { reader_->prefetch(index_.at(name)); }
  /// Keeps the next weight for the next load.
  void add(const nn::QuantisedImpl& weight);
  /// All weights are loaded.
  void finish();

 private:
  void open(const CodesLayout& layout);
  void create(const CodesLayout& layout);

  std::filesystem::path path_;
  std::map<std::string, std::size_t> index_;
  std::optional<CodesReader> reader_;
  std::unique_ptr<CodesWriter> writer_;
  bool damaged_ = false;
};

}  // namespace ecg_lora::model
