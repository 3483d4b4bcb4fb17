// Several adapters on one weight.
#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ecg_lora/lora/adapter_file.h"
#include "ecg_lora/lora/merge.h"

namespace ecg_lora::lora {

/// One update from several, as MergeOptions::method has it. `updates` and `weights` are of equal
/// length; `stream` keeps the draws of tensors apart.
at::Tensor combine_updates(std::vector<at::Tensor> updates, const std::vector<double>& weights,
                           const MergeOptions& options, std::uint64_t stream);

/// The adapters of a merge, open.
class AdapterStack {
 public:
  /// Checkpoint error if one does not fit `base`.
  AdapterStack(const MergeOptions& options, const model::ModelConfig& base);

  /// The module whose weight a tensor is, by its name in either generation; empty if no adapter
  /// changes it.
  std::string changed_module(const std::string& tensor) const;
  /// Hands on the weight [out, in] and the weight with all updates, both fp32, in blocks of rows
  /// from the first to the last. One adapter's update is computed block by block, which keeps it in
  /// the processor's cache; several are combined whole.
  using TakeRows = std::function<void(const at::Tensor& before, const at::Tensor& after)>;
  void apply(const std::string& module, const at::Tensor& weight, const TakeRows& take) const;
  std::size_t changed_modules() const;
  const std::vector<std::unique_ptr<AdapterFile>>& files() const { return files_; }

 private:
  at::Tensor combined(const std::string& module, const at::Tensor& weight,
                      const at::Tensor& wide) const;

  const MergeOptions& options_;
  std::vector<std::unique_ptr<AdapterFile>> files_;
};

}  // namespace ecg_lora::lora
