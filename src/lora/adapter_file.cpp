#include "ecg_lora/lora/adapter_file.h"

#include <set>

#include "adapter_states.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/join.h"
#include "ecg_lora/base/log_once.h"
#include "ecg_lora/lora/targets.h"
#include "ecg_lora/tensorio/finite.h"

namespace ecg_lora::lora {
namespace {

/// The slot of `adapter` that a part of a name stands for.
at::Tensor& slot(nn::Adapter& adapter, char part) {
  return part == 'A' ? adapter.a : part == 'B' ? adapter.b : adapter.magnitude;
}

std::string first_few(const std::vector<std::string>& reasons) {
  std::string text;
  for (std::size_t i = 0; i < reasons.size() && i < 3; ++i) text += (i ? "; " : "") + reasons[i];
  return reasons.size() > 3 ? cat(text, "; and ", reasons.size() - 3, " more") : text;
}

/// adapter_model.safetensors of `folder`. Checkpoint error if it holds PEFT's older pickle alone.
std::filesystem::path weights_of(const std::filesystem::path& folder) {
  const auto weights = folder / "adapter_model.safetensors", pickle = folder / "adapter_model.bin";
  if (!std::filesystem::exists(weights) && std::filesystem::exists(pickle))
    throw_checkpoint("adapter ", folder.string(),
                     " holds its weights in adapter_model.bin, a pickle, which can run code and is "
                     "not opened, expected adapter_model.safetensors; load it with peft and save "
                     "it again with save_pretrained()");
  return weights;
}

/// What trainers keep to go on.
bool is_trainer_state(const std::string& name) {
  for (const char* start : {"optimizer", "scheduler", "training_args", "rng_state", "scaler"})
    if (name.starts_with(start)) return true;
  return false;
}

/// Warns of trained weights in `folder` that stand in no adapter_model file: the rest of what was
/// trained, without which the adapter does not answer as it did.
void warn_of_unread_weights(const std::filesystem::path& folder) {
  std::set<std::string> unread;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto name = entry.path().filename().string();
    const bool own = name == "adapter_model.safetensors" || name == "adapter_model.bin";
    for (const char* kind : {".safetensors", ".bin", ".pt", ".pth"})
      if (entry.path().extension() == kind && !own && !is_trainer_state(name)) unread.insert(name);
  }
  if (!unread.empty())
    warn_once(cat("adapter ", folder.string(),
                  " comes with weights that are not read: ", joined(unread),
                  "; if they were trained, the model answers otherwise than it did in training"));
}

}  // namespace

AdapterFile::AdapterFile(const std::filesystem::path& folder)
    : folder_(folder), config_(load_peft_config(folder)), file_(weights_of(folder)) {
  warn_of_unread_weights(folder);
  read();
  check_ranks();
}

void AdapterFile::read() {
  if (const auto noted = file_.metadata().find("base_quantisation");
      noted != file_.metadata().end())
    base_quantisation_ = noted->second;
  kept_ = kept_of(file_.metadata(), folder_);
  for (const auto& info : file_.tensors()) {
    const auto name = parse_adapter_name(info.name);
    auto& place = slot(modules_[name.module], name.part);
    if (place.defined())
      throw_checkpoint("adapter ", folder_.string(), " holds ", info.name,
                       " under two names; export it again");
    place = file_.tensor(info.name);
    tensorio::require_weights(place, info.name, file_.path());
    tensor_names_[name.module].push_back(info.name);
    peft_names_[name.module] = name.peft_module;
  }
  if (modules_.empty())
    throw_checkpoint("adapter ", folder_.string(),
                     " holds no tensor, expected lora_A and lora_B of at least one linear; export "
                     "the adapter again");
  for (auto& [module, adapter] : modules_) {
    adapter.scale = config_.scale_of(peft_names_.at(module));
    adapter.dropout = config_.dropout;
  }
}

void AdapterFile::check_ranks() const {
  for (const auto& [module, adapter] : modules_) {
    if (!adapter.a.defined() || !adapter.b.defined())
      throw_checkpoint(
          "adapter ", folder_.string(), " has only ",
          adapter.a.defined()   ? "lora_A"
          : adapter.b.defined() ? "lora_B"
                                : "lora_magnitude_vector",
          " of ", module,
          ", expected lora_A and lora_B; the file is incomplete, export the adapter again");
    if (adapter.magnitude.defined() != config_.use_dora)
      throw_checkpoint("adapter ", folder_.string(), " has ",
                       adapter.magnitude.defined() ? "a" : "no", " lora_magnitude_vector of ",
                       module, ", but its adapter_config.json sets use_dora to ",
                       config_.use_dora ? "true" : "false", "; export the adapter again");
    const auto rank = config_.rank_of(peft_names_.at(module));
    const bool sound =
        adapter.a.dim() == 2 && adapter.b.dim() == 2 && adapter.a.size(0) == rank &&
        adapter.b.size(1) == rank &&
        (!adapter.magnitude.defined() || adapter.magnitude.numel() == adapter.b.size(0));
    if (!sound)
      throw_checkpoint("adapter ", folder_.string(), " has ", module, " with lora_A ",
                       adapter.a.sizes(), " and lora_B ", adapter.b.sizes(), ", expected rank ",
                       rank, " as its adapter_config.json says; export the adapter again");
  }
}

std::int64_t AdapterFile::parameters() const {
  std::int64_t sum = 0;
  for (const auto& [module, adapter] : modules_)
    sum += adapter.a.numel() + adapter.b.numel() +
           (adapter.magnitude.defined() ? adapter.magnitude.numel() : 0);
  return sum;
}

std::vector<std::string> AdapterFile::mismatches(const model::ModelConfig& base) const {
  const auto naming = peft_names_.begin()->second == peft_module_name(peft_names_.begin()->first)
                          ? Naming::current
                          : Naming::old;
  std::vector<std::string> reasons;
  std::map<std::string, Target> linears;
  for (const auto& target : linears_of(base)) linears[target.module] = target;
  for (const auto& [module, adapter] : modules_) {
    const auto found = linears.find(module);
    if (found == linears.end())
      reasons.push_back(module + " is no linear of the base");
    else if (adapter.b.size(0) != found->second.out || adapter.a.size(1) != found->second.in)
      reasons.push_back(cat(module, " is [", found->second.out, ", ", found->second.in,
                            "] in the base, but the adapter is for [", adapter.b.size(0), ", ",
                            adapter.a.size(1), "]"));
    else if (!config_.targets(peft_names_.at(module)))
      reasons.push_back(module +
                        " has tensors, but the targets of adapter_config.json do not name it");
  }
  for (const auto& [module, target] : linears)
    if (!modules_.count(module) && config_.targets(peft_module_name(module, naming)))
      reasons.push_back(module + " is a target of adapter_config.json, but has no tensors");
  return reasons;
}

void AdapterFile::check_fits(const model::ModelConfig& base) const {
  const auto reasons = mismatches(base);
  if (!reasons.empty())
    throw_checkpoint("adapter ", folder_.string(), " does not fit the base: ", first_few(reasons),
                     "; use it with the base that it was made for",
                     config_.base_model.empty() ? "" : ", " + config_.base_model);
  check_states(base.vision);
}

nn::Adapter AdapterFile::adapter_for(const std::string& module, const at::Tensor& weight) const {
  auto adapter = modules_.at(module);
  if (config_.init == "default") return adapter;
  const auto first = decompose(weight, config_.init, adapter.a.size(0), adapter.scale);
  adapter.a0 = first.a0;
  adapter.b0 = first.b0;
  return adapter;
}

void AdapterFile::release_pages(const std::string& module) const {
  for (const auto& name : tensor_names_.at(module)) file_.release_pages(name);
}

at::Tensor merged_weight(const at::Tensor& weight, const nn::Adapter& adapter) {
  auto wide = weight.to(at::kFloat);
  if (adapter.a0.defined()) wide = wide.sub(at::mm(adapter.b0, adapter.a0), adapter.scale);
  wide = at::addmm(wide, adapter.b.to(at::kFloat), adapter.a.to(at::kFloat), 1, adapter.scale);
  if (!adapter.magnitude.defined()) return wide;
  const auto norms = at::linalg_vector_norm(wide, 2, at::OptionalIntArrayRef({1}));
  return wide * (adapter.magnitude.to(at::kFloat) / norms).unsqueeze(1);
}

nn::Adapter decompose(const at::Tensor& weight, const std::string& init, std::int64_t rank,
                      double scale) {
  const auto wide = weight.detach().to(at::kFloat);
  const auto most = std::min(wide.size(0), wide.size(1));
  if (rank > most)
    throw_usage("init ", init, " of a linear of [", wide.size(0), ", ", wide.size(1),
                "] gives at most rank ", most, ", got ", rank, "; lower the rank there");
  nn::Adapter adapter;
  adapter.scale = scale;
  if (init == "pissa") {
    const auto [u, s, v] = at::linalg_svd(wide, /*full_matrices=*/false);
    const auto root = s.narrow(0, 0, rank).div(scale).sqrt();
    adapter.a = root.unsqueeze(1) * v.narrow(0, 0, rank);
    adapter.b = u.narrow(1, 0, rank) * root;
  } else {
    const auto [q, r] = at::linalg_qr(wide);
    adapter.a = r.narrow(0, 0, rank).contiguous();
    adapter.b = q.narrow(1, 0, rank).contiguous();
  }
  adapter.a0 = adapter.a.clone();
  adapter.b0 = adapter.b.clone();
  return adapter;
}

}  // namespace ecg_lora::lora
