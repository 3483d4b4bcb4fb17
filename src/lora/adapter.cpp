// Adapters in PEFT's files, from and into a model.
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/lora/adapter_file.h"
#include "ecg_lora/lora/lora.h"
#include "ecg_lora/lora/targets.h"
#include "linears.h"

namespace ecg_lora::lora {
namespace {

/// An adapter as it stands in a file: plain LoRA or DoRA over the whole base.
nn::Adapter as_written(const nn::Adapter& adapter) {
  if (!adapter.a0.defined()) return adapter;
  auto result = adapter;
  result.a = at::cat({adapter.a, adapter.a0}, 0);
  result.b = at::cat({adapter.b, adapter.b0.neg()}, 1);
  result.a0 = result.b0 = at::Tensor();
  return result;
}

/// Adapted linears in model order, as they are written.
NamedAdapters written_adapters(const model::Mllama& model) {
  const at::NoGradGuard guard;
  NamedAdapters result;
  for (const auto& item : model->named_modules())
    if (auto* linear = item.value()->as<nn::Linear>(); linear && linear->has_adapter())
      result.emplace_back(item.key(), as_written(linear->adapter()));
  return result;
}

/// Whether a linear's output for one random row is another than without its adapter.
bool changes_output(nn::LinearImpl& linear, const nn::Adapter& adapter) {
  const auto x = at::randn({1, linear.weight.size(1)}, at::make_generator<at::CPUGeneratorImpl>(1))
                     .to(linear.weight.device());
  const auto update = at::linear(at::linear(x, adapter.a), adapter.b);
  const bool scaled =
      adapter.magnitude.defined() && !at::equal(adapter.magnitude, linear.row_norms());
  return scaled || adapter.a0.defined() || update.abs().max().item<double>() * adapter.scale > 0;
}

Target target_of(const std::string& module, const nn::Adapter& adapter) {
  Target target;
  target.module = module;
  target.tower = module.rfind("vision_model.", 0) == 0     ? "vision"
                 : module.rfind("language_model.", 0) == 0 ? "text"
                                                           : "projector";
  target.kind = module.substr(module.rfind('.') + 1);
  target.in = adapter.a.size(1);
  target.out = adapter.b.size(0);
  target.rank = adapter.a.size(0);
  target.magnitude = adapter.magnitude.defined();
  return target;
}

/// The linear of `module`, whose adapter has the shapes of `stored` and starts from its factors.
/// Checkpoint error that names `folder`, which `stored` is of, otherwise.
nn::LinearImpl& linear_to_restore(const std::map<std::string, nn::LinearImpl*>& linears,
                                  const std::string& module, const nn::Adapter& stored,
                                  const std::filesystem::path& folder) {
  const auto found = linears.find(module);
  const bool adapted = found != linears.end() && found->second->has_adapter();
  const auto own = adapted ? as_written(found->second->adapter()) : nn::Adapter{};
  if (!adapted || own.a.sizes() != stored.a.sizes() || own.b.sizes() != stored.b.sizes() ||
      own.magnitude.defined() != stored.magnitude.defined())
    throw_checkpoint(folder.string(), " has ", module, " with lora_A ", stored.a.sizes(),
                     " and lora_B ", stored.b.sizes(), ", expected ",
                     adapted ? cat(own.a.sizes(), " and ", own.b.sizes()) : std::string("none"),
                     "; resume with the config that the run was started with");
  const auto adapter = found->second->adapter();
  const auto rank = adapter.a.size(0);
  if (adapter.a0.defined() && (!at::equal(adapter.a0.cpu(), stored.a.narrow(0, rank, rank)) ||
                               !at::equal(adapter.b0.cpu(), stored.b.narrow(1, rank, rank).neg())))
    throw_checkpoint(folder.string(), " starts ", module,
                     " from other factors than this machine computes from the base; resume where "
                     "the run was started, with the same base");
  return *found->second;
}

}  // namespace

std::vector<std::pair<std::string, at::Tensor>> adapter_tensors(const model::Mllama& model) {
  std::vector<std::pair<std::string, at::Tensor>> result;
  for (const auto& item : model->named_modules()) {
    auto* linear = item.value()->as<nn::Linear>();
    if (!linear || !linear->has_adapter()) continue;
    const auto adapter = linear->adapter();
    result.emplace_back(adapter_name(item.key(), 'A'), adapter.a);
    result.emplace_back(adapter_name(item.key(), 'B'), adapter.b);
    if (adapter.magnitude.defined())
      result.emplace_back(adapter_name(item.key(), 'M'), adapter.magnitude);
  }
  return result;
}

void save_adapter(const std::filesystem::path& folder, const model::Mllama& model,
                  const LoraSpec& spec, const std::string& base_name) {
  write_adapter(folder, written_adapters(model), spec, base_name,
                {model->config().vision.kept_states(), model->quantisation().kind});
}

void restore_adapter(const model::Mllama& model, const std::filesystem::path& folder) {
  const at::NoGradGuard guard;
  const AdapterFile file(folder);
  file.check_states(model->config().vision);
  const auto linears = linears_of(model);
  for (const auto& [module, stored] : file.modules()) {
    auto adapter = linear_to_restore(linears, module, stored, folder).adapter();
    const auto rank = adapter.a.size(0);
    adapter.a.copy_(stored.a.narrow(0, 0, rank));
    adapter.b.copy_(stored.b.narrow(1, 0, rank));
    if (adapter.magnitude.defined()) adapter.magnitude.copy_(stored.magnitude);
  }
  if (const auto have = written_adapters(model).size(); have != file.modules().size())
    throw_checkpoint(folder.string(), " holds adapters of ", file.modules().size(),
                     " linears, expected ", have,
                     "; resume with the config that the run was started with");
}

InjectReport load_adapter(model::Mllama& model, const std::filesystem::path& folder) {
  const at::NoGradGuard guard;
  const AdapterFile file(folder);
  file.check_fits(model->config());
  const auto linears = linears_of(model);
  std::vector<Target> targets;
  std::int64_t changing = 0;
  for (const auto& [module, stored] : file.modules()) {
    auto* linear = linears.at(module);
    if (linear->is_packed() && file.config().init != "default")
      throw_checkpoint("adapter ", folder.string(),
                       " starts from factors of the base's own weights (", file.config().init,
                       "), which are not dense in ", module,
                       "; use the base as it is, or export the adapter as plain LoRA");
    linear->set_adapter(file.adapter_for(module, linear->weight));
    changing += changes_output(*linear, linear->adapter());
    targets.push_back(target_of(module, stored));
  }
  auto report = make_report(model->config(), targets);
  report.changing = changing;
  if (const auto base = model::to_string(model->quantisation().kind);
      base != file.base_quantisation())
    log_info(cat("adapter ", folder.string(), " was trained on a base with quantisation ",
                 file.base_quantisation(), ", and is used on one with ", base));
  if (changing == 0)
    log_warn(cat("adapter ", folder.string(), " changes nothing: its update is zero in all ",
                 targets.size(), " modules; it was never trained, or not saved"));
  return report;
}

}  // namespace ecg_lora::lora
