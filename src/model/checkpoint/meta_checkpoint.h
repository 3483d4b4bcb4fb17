// Meta's consolidated.pth files as a checkpoint with Hugging Face's names.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "ecg_lora/model/shape/config.h"
#include "ecg_lora/tensorio/checkpoint_tensors.h"
#include "ecg_lora/tensorio/pth.h"

namespace ecg_lora::model {

/// consolidated.pth or consolidated.00.pth and so on in `folder`, in order; empty if there is
/// none.
std::vector<std::filesystem::path> meta_files(const std::filesystem::path& folder);

class MetaCheckpoint : public tensorio::Checkpoint {
 public:
  /// Checkpoint error if a file is damaged, or the files of several do not hold the same
  /// tensors. Tensors that Hugging Face has no name for keep Meta's.
  explicit MetaCheckpoint(const std::filesystem::path& folder);

  bool has(const std::string& name) const override { return entries_.count(name) != 0; }
  const tensorio::TensorInfo& info(const std::string& name) const override;
  at::Tensor tensor(const std::string& name) const override;
  void release_pages(const std::string& name) const override;
  void prefetch(const std::string& name) const override;

 private:
  using Change = std::function<at::Tensor(const at::Tensor&)>;
  struct Entry {
    std::vector<std::string>
        sources;     ///< Meta's names; two if their rows are put one below the other
    int split = -1;  ///< dimension along which the files split it; -1: each has all of it
    Change change;   ///< to Hugging Face's shape and order; null for none
    tensorio::TensorInfo info;
  };
  void add(const std::string& name, Entry entry);
  void add_text(const TextConfig& text);
  void add_vision(const VisionConfig& vision);
  void add_vision_layers(const std::string& encoder, std::int64_t layers);
  void add_rest();
  at::Tensor build(const Entry& entry, bool shape_only) const;
  at::Tensor joined(const std::string& source, int split, bool shape_only) const;

  std::vector<std::unique_ptr<tensorio::PthFile>> parts_;
  std::map<std::string, Entry> entries_;
};

}  // namespace ecg_lora::model
