// Strict loading: every tensor of the checkpoint has its place, and every place its tensor.
#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#ifdef __GLIBC__  // which the headers above define
#include <malloc.h>
#endif

#include "codes_cache.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/model/checkpoint/compare_table.h"
#include "ecg_lora/model/checkpoint/open_checkpoint.h"
#include "ecg_lora/model/mllama/mllama.h"
#include "ecg_lora/model/shape/table.h"
#include "ecg_lora/tensorio/finite.h"
#include "ecg_lora/tensorio/read_ahead.h"

namespace ecg_lora::model {
namespace {

/// Whether it is the name of an adapter's factor, which is no part of a checkpoint.
bool is_adapter(const std::string& name) {
  return name.find(".lora_") != std::string::npos;
}

/// glibc keeps what is free between blocks that are in use, which temporaries and codes in turn
/// leave much of.
void give_back_free_memory() {
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
}

/// A model whose linears have no memory yet for weights that will be packed.
Mllama make_empty(const ModelConfig& config, const at::TensorOptions& options,
                  const BaseQuantisation& quantisation) {
  const auto names = quantised_linears(config, quantisation);
  if (names.empty()) return Mllama(config, options);
  const std::set<std::string> quantised(names.begin(), names.end());
  Mllama model(config, options, nn::WeightMemory::none);
  for (const auto& item : model->named_modules())
    if (auto* linear = item.value()->as<nn::Linear>(); linear && !quantised.count(item.key()))
      linear->allocate_weight();
  model->set_quantisation(quantisation);
  return model;
}

/// Linears whose weights are packed, by the names of their weights on disk.
std::map<std::string, nn::LinearImpl*> linears_to_pack(const Mllama& model) {
  std::map<std::string, nn::LinearImpl*> result;
  const auto names = quantised_linears(model->config(), model->quantisation());
  const auto modules = model->named_modules();
  for (const auto& name : names) result[name + ".weight"] = modules[name]->as<nn::Linear>();
  return result;
}

bool is_narrower(at::ScalarType a, at::ScalarType b) {
  const auto largest = [](at::ScalarType t) {
    return t == at::kHalf       ? 65504.0
           : t == at::kBFloat16 ? 3.38e38
           : t == at::kFloat    ? 3.40e38
                                : 1.79e308;
  };
  return largest(a) < largest(b);
}

/// `weight` in `dtype`, or as it is if that can hold all of its values. Checkpoint error that names
/// it if one is beyond `dtype`: it would become infinite without a word.
at::Tensor in_range(const at::Tensor& weight, const std::string& name,
                    const std::filesystem::path& folder, at::ScalarType dtype) {
  if (!is_narrower(dtype, weight.scalar_type())) return weight;
  auto result = weight.to(dtype);
  if (tensorio::all_finite(result)) return result;
  throw_checkpoint("checkpoint ", folder.string(), " holds ", name, " with values up to ",
                   weight.to(at::kDouble).abs().max().item<double>(), ", expected what ",
                   c10::toString(dtype), " can hold; use --dtype bf16 or fp32");
}

using Places = std::vector<std::pair<std::string, at::Tensor>>;

/// Fills the places of a model that was made empty, in their order.
class Loader {
 public:
  Loader(const tensorio::Checkpoint& checkpoint, const Mllama& model, Places places)
      : checkpoint_(checkpoint),
        folder_(checkpoint.folder()),
        stored_(stored_names(checkpoint)),
        places_(std::move(places)),
        quantisation_(model->quantisation()),
        linears_(linears_to_pack(model)),
        dtype_(model->dtype()),
        cache_(checkpoint, quantisation_, weights_to_quantise()) {}

  void load() {
    const auto items = reads();
    std::vector<std::uint64_t> bytes{0};  // of all items up to each
    for (const auto& item : items) bytes.push_back(bytes.back() + item.bytes);
    const auto megabytes = [&](std::size_t i) {
      return static_cast<std::int64_t>((bytes[i] + 999'999) / 1'000'000);
    };
    Progress progress("loading " + folder_.filename().string(), megabytes(items.size()), "MB");
    tensorio::ReadAhead ahead(items);
    for (std::size_t i = 0; i < places_.size(); ++i) {
      fill(places_[i].first, places_[i].second);
      ahead.advance();
      progress.advance(megabytes(i + 1) - megabytes(i));
    }
    cache_.finish();
  }

 private:
  void fill(const std::string& name, const at::Tensor& place) {
    if (const auto linear = linears_.find(name); linear != linears_.end())
      pack(*linear->second, name);
    else
      place.copy_(in_range(weights(name), stored_.at(name), folder_, dtype_));
    checkpoint_.release_pages(stored_.at(name));
    if (!linears_.empty()) give_back_free_memory();
  }

  bool quantises() const { return quantisation_.kind != nn::Quantisation::none; }

  std::vector<WeightToQuantise> weights_to_quantise() const {
    std::vector<WeightToQuantise> result;
    for (const auto& [name, place] : places_)
      if (quantises() && linears_.count(name))
        result.push_back({name, place.size(0), place.size(1)});
    return result;
  }

  std::vector<tensorio::ReadAheadItem> reads() const {
    std::vector<tensorio::ReadAheadItem> result;
    for (const auto& place : places_) {
      const auto& name = place.first;
      const auto& info = checkpoint_.info(stored_.at(name));
      if (cache_.reads() && linears_.count(name))
        result.push_back({cache_.bytes(name), [this, name] { cache_.prefetch(name); }});
      else
        result.push_back(
            {bytes_of(info), [this, name] { checkpoint_.prefetch(stored_.at(name)); }});
    }
    return result;
  }

  at::Tensor weights(const std::string& name) const {
    const auto tensor = checkpoint_.tensor(stored_.at(name));
    tensorio::require_weights(tensor, stored_.at(name), folder_);
    return tensor;
  }

  void pack(nn::LinearImpl& linear, const std::string& name) {
    const auto device = linear.weight.device();
    if (!quantises()) {
      const auto dense = in_range(weights(name), name, folder_, dtype_).to(device, dtype_);
      return linear.pack(quantisation_.shard(layer_of(name), dense));
    }
    auto weight = cache_.find(name, device);
    if (!weight) {
      weight = quantised(checkpoint_.tensor(stored_.at(name)), name, device);
      cache_.add(*weight);
    }
    linear.pack(std::move(weight));
  }

  /// Whether values are finite is seen while they are quantised: they are read once.
  std::shared_ptr<nn::QuantisedImpl> quantised(const at::Tensor& weight, const std::string& name,
                                               at::Device device) const {
    tensorio::require_floating(weight, stored_.at(name), folder_);
    try {
      return std::make_shared<nn::QuantisedImpl>(quantisation_.kind, weight, device);
    } catch (const std::domain_error&) {
      tensorio::require_weights(weight, stored_.at(name), folder_);
      throw_checkpoint("checkpoint ", folder_.string(), " holds ", name,
                       " with a value beyond the range of ", to_string(quantisation_.kind),
                       "; keep this linear dense (keep_dense)");
    }
  }

  const tensorio::Checkpoint& checkpoint_;
  std::filesystem::path folder_;
  std::map<std::string, std::string> stored_;
  Places places_;
  BaseQuantisation quantisation_;
  std::map<std::string, nn::LinearImpl*> linears_;
  at::ScalarType dtype_;
  CodesCache cache_;
};

}  // namespace

std::vector<std::pair<std::string, at::Tensor>> disk_tensors(const Mllama& model) {
  std::vector<std::pair<std::string, at::Tensor>> result;
  for (const auto& item : model->named_parameters())
    if (!is_adapter(item.key())) result.emplace_back(item.key(), item.value());
  return result;
}

Mllama load_model(const std::filesystem::path& folder, at::Device device, at::ScalarType dtype,
                  const BaseQuantisation& quantisation, std::optional<VisionStates> states) {
  const auto config = load_model_config(folder, states);
  warn_of_assumed_states(config.vision);
  const auto checkpoint = open_checkpoint(folder);
  check_table(config, *checkpoint, stored_names(*checkpoint));
  auto model = make_empty(config, at::TensorOptions().device(device).dtype(dtype), quantisation);
  const at::NoGradGuard guard;
  Loader(*checkpoint, model, disk_tensors(model)).load();
  model->eval();
  return model;
}

}  // namespace ecg_lora::model
