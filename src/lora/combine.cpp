#include "combine.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/random.h"
#include "ecg_lora/model/shape/table.h"

namespace ecg_lora::lora {
namespace {

constexpr std::int64_t kBlockElements = 1 << 20;  ///< of a weight whose rows are merged together

/// What an adapter does to some rows of its weight.
nn::Adapter rows_of(nn::Adapter adapter, std::int64_t first, std::int64_t count) {
  adapter.b = adapter.b.narrow(0, first, count);
  if (adapter.b0.defined()) adapter.b0 = adapter.b0.narrow(0, first, count);
  if (adapter.magnitude.defined())
    adapter.magnitude = adapter.magnitude.flatten().narrow(0, first, count);
  return adapter;
}

/// The share `density` of entries that are largest in magnitude; zero elsewhere.
at::Tensor largest(const at::Tensor& update, double density) {
  const auto keep = static_cast<std::int64_t>(density * static_cast<double>(update.numel()));
  const auto flat = update.flatten();
  const auto index = std::get<1>(flat.abs().topk(std::max<std::int64_t>(keep, 0)));
  return at::zeros_like(flat).scatter_(0, index, flat.gather(0, index)).view(update.sizes());
}

at::Tensor ties(std::vector<at::Tensor> updates, const std::vector<double>& weights,
                double density) {
  for (auto& update : updates) update = largest(update, density);
  const auto elected = at::stack(updates).sum(0).sign();
  auto sum = at::zeros_like(elected), count = at::zeros_like(elected);
  for (std::size_t i = 0; i < updates.size(); ++i) {
    const auto agrees = updates[i].sign().eq(elected);
    sum.add_(updates[i] * agrees, weights[i]);
    count.add_(agrees);
  }
  return sum / count.clamp_min(1);
}

/// Each entry kept with probability `density`, by 24 bits of a stream of its own.
at::Tensor thinned(const at::Tensor& update, double density, Random random) {
  auto result = update.contiguous().clone();
  auto* values = result.mutable_data_ptr<float>();
  const auto factor = static_cast<float>(1 / density);
  for (std::int64_t i = 0; i < result.numel(); ++i)
    values[i] = random.bernoulli(density) ? values[i] * factor : 0.0f;
  return result;
}

}  // namespace

at::Tensor combine_updates(std::vector<at::Tensor> updates, const std::vector<double>& weights,
                           const MergeOptions& options, std::uint64_t stream) {
  if (options.method == "ties") return ties(std::move(updates), weights, options.density);
  auto sum = at::zeros_like(updates.front());
  for (std::size_t i = 0; i < updates.size(); ++i)
    sum.add_(options.method == "dare"
                 ? thinned(updates[i], options.density, Random{options.seed, stream, i})
                 : updates[i],
             weights[i]);
  return sum;
}

AdapterStack::AdapterStack(const MergeOptions& options, const model::ModelConfig& base)
    : options_(options) {
  const bool known =
      options.method == "linear" || options.method == "ties" || options.method == "dare";
  if (!known)
    throw_usage("the method of merging is '", options.method, "', expected linear, ties or dare");
  if (!(options.density > 0 && options.density <= 1))
    throw_usage("the density is ", options.density, ", expected above 0 and at most 1");
  if (options.adapters.empty()) throw_usage("no adapter to merge was given; name at least one");
  for (const auto& [folder, weight] : options.adapters) {
    if (!std::isfinite(weight))
      throw_usage("the weight of adapter ", folder.string(), " is ", weight, ", expected a number");
    files_.push_back(std::make_unique<AdapterFile>(folder));
    files_.back()->check_fits(base);
  }
}

std::string AdapterStack::changed_module(const std::string& tensor) const {
  const std::string end = ".weight", name = model::disk_name(tensor);
  if (name.size() <= end.size() || name.compare(name.size() - end.size(), end.size(), end) != 0)
    return "";
  const auto module = name.substr(0, name.size() - end.size());
  const bool changed = std::any_of(files_.begin(), files_.end(), [&](const auto& file) {
    return file->modules().count(module) != 0;
  });
  return changed ? module : "";
}

void AdapterStack::apply(const std::string& module, const at::Tensor& weight,
                         const TakeRows& take) const {
  if (files_.size() > 1 || options_.adapters[0].weight != 1 || options_.method != "linear") {
    const auto wide = weight.to(at::kFloat);
    return take(wide, combined(module, weight, wide));
  }
  auto adapter = files_[0]->adapter_for(module, weight);
  adapter.a = adapter.a.to(at::kFloat);
  adapter.b = adapter.b.to(at::kFloat);
  const auto rows = weight.size(0),
             block = std::max<std::int64_t>(
                 1, kBlockElements / std::max<std::int64_t>(1, weight.size(1)));
  for (std::int64_t row = 0; row < rows; row += block) {
    const auto count = std::min(block, rows - row);
    const auto before = weight.narrow(0, row, count).to(at::kFloat);
    take(before, merged_weight(before, rows_of(adapter, row, count)));
  }
  files_[0]->release_pages(module);
}

at::Tensor AdapterStack::combined(const std::string& module, const at::Tensor& weight,
                                  const at::Tensor& wide) const {
  std::vector<at::Tensor> updates;
  std::vector<double> weights;
  for (std::size_t i = 0; i < files_.size(); ++i) {
    if (!files_[i]->modules().count(module)) continue;
    updates.push_back(merged_weight(weight, files_[i]->adapter_for(module, weight)).sub_(wide));
    weights.push_back(options_.adapters[i].weight);
    files_[i]->release_pages(module);
  }
  return combine_updates(std::move(updates), weights, options_, name_key(module)).add_(wide);
}

std::size_t AdapterStack::changed_modules() const {
  std::set<std::string> modules;
  for (const auto& file : files_)
    for (const auto& [module, adapter] : file->modules()) modules.insert(module);
  return modules.size();
}

}  // namespace ecg_lora::lora
