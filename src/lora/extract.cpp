#include "ecg_lora/lora/extract.h"

#include <algorithm>
#include <map>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/log_once.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/base/random.h"
#include "ecg_lora/lora/adapter_file.h"
#include "ecg_lora/lora/lora.h"
#include "ecg_lora/lora/targets.h"
#include "ecg_lora/model/checkpoint/compare_table.h"
#include "ecg_lora/model/checkpoint/open_checkpoint.h"
#include "ecg_lora/model/shape/table.h"
#include "ecg_lora/tensorio/finite.h"

namespace ecg_lora::lora {
namespace {

constexpr std::int64_t kOversampling = 16;
constexpr int kPowerIterations = 2;

/// Orthonormal columns that span what `delta` mostly maps to.
at::Tensor range_of(const at::Tensor& delta, std::int64_t columns, std::uint64_t key) {
  auto omega = at::empty({delta.size(1), columns});
  Random random{key};
  auto* values = omega.mutable_data_ptr<float>();
  for (std::int64_t i = 0; i < omega.numel(); ++i) values[i] = static_cast<float>(random.normal());
  auto q = std::get<0>(at::linalg_qr(at::mm(delta, omega)));
  for (int i = 0; i < kPowerIterations; ++i) {
    q = std::get<0>(at::linalg_qr(at::mm(delta.t(), q)));
    q = std::get<0>(at::linalg_qr(at::mm(delta, q)));
  }
  return q;
}

nn::Adapter truncated(const at::Tensor& delta, std::int64_t most, std::uint64_t key) {
  const auto shorter = std::min(delta.size(0), delta.size(1)), rank = std::min(most, shorter),
             columns = rank + kOversampling;
  at::Tensor u, s, v;
  if (2 * columns >= shorter) {
    std::tie(u, s, v) = at::linalg_svd(delta, /*full_matrices=*/false);
  } else {
    const auto q = range_of(delta, columns, key);
    std::tie(u, s, v) = at::linalg_svd(at::mm(q.t(), delta), /*full_matrices=*/false);
    u = at::mm(q, u);
  }
  const auto root = s.narrow(0, 0, rank).sqrt();
  nn::Adapter adapter;
  adapter.a = (root.unsqueeze(1) * v.narrow(0, 0, rank)).contiguous();
  adapter.b = (u.narrow(1, 0, rank) * root).contiguous();
  return adapter;
}

void check_same_tensors(const tensorio::Checkpoint& base,
                        const std::map<std::string, std::string>& base_names,
                        const tensorio::Checkpoint& tuned,
                        const std::map<std::string, std::string>& tuned_names) {
  for (const auto& [name, stored] : base_names) {
    const auto found = tuned_names.find(name);
    if (found == tuned_names.end())
      throw_checkpoint(tuned.folder().string(), " has no tensor ", name, ", which ",
                       base.folder().string(), " has; compare checkpoints of one shape");
    const auto &a = base.info(stored).shape, &b = tuned.info(found->second).shape;
    if (a != b)
      throw_checkpoint(name, " is ", at::IntArrayRef(a), " in ", base.folder().string(), " and ",
                       at::IntArrayRef(b), " in ", tuned.folder().string(),
                       "; compare checkpoints of one shape");
  }
}

void check_same_states(const model::VisionConfig& base, const std::filesystem::path& base_folder,
                       const std::filesystem::path& tuned_folder, const ExtractOptions& options) {
  auto tuned = model::load_model_config(tuned_folder).vision;
  if (tuned.states_origin == model::VisionStatesOrigin::assumption)
    tuned = model::load_model_config(tuned_folder, options.states).vision;
  model::warn_of_assumed_states(base);
  model::warn_of_assumed_states(tuned);
  if (base.kept_states().layers_run() == tuned.kept_states().layers_run()) return;
  const auto what =
      cat(base_folder.string(), " keeps the vision states ", to_string(base.kept_states()), " and ",
          tuned_folder.string(), " ", to_string(tuned.kept_states()));
  if (!options.states)
    throw_checkpoint(what,
                     ", expected the same, since no adapter can hold the difference; give "
                     "--vision-states to open the base with those of the tuned model");
  warn_once(what + ": the adapter does not hold this difference");
}

}  // namespace

ExtractReport extract(const std::filesystem::path& base_folder,
                      const std::filesystem::path& tuned_folder, const std::filesystem::path& out,
                      const ExtractOptions& options) {
  const auto config = model::load_model_config(base_folder, options.states);
  check_same_states(config.vision, base_folder, tuned_folder, options);
  const auto opened_base = model::open_checkpoint(base_folder),
             opened_tuned = model::open_checkpoint(tuned_folder);
  const auto &base = *opened_base, &tuned = *opened_tuned;
  const auto base_names = model::stored_names(base), tuned_names = model::stored_names(tuned);
  model::check_table(config, base, base_names);
  check_same_tensors(base, base_names, tuned, tuned_names);
  AtomicFolder folder(out);

  std::map<std::string, bool> linear;
  for (const auto& target : linears_of(config)) linear[target.module + ".weight"] = true;
  ExtractReport report;
  NamedAdapters adapters;
  Progress progress("extracting", static_cast<std::int64_t>(base_names.size()), "tensors");
  for (const auto& spec : model::tensor_table(config)) {
    throw_if_interrupted("the extraction");
    progress.advance();
    const auto &stored = base_names.at(spec.name), &other = tuned_names.at(spec.name);
    const auto delta = tuned.tensor(other).to(at::kFloat).sub(base.tensor(stored).to(at::kFloat));
    base.release_pages(stored);
    tuned.release_pages(other);
    if (!tensorio::all_finite(delta))
      throw_checkpoint(
          "the change of ", other,
          " is not finite, expected numbers in base and tuned model; use files that are whole");
    const double norm = delta.norm().item<double>();
    if (norm == 0) continue;
    if (!linear.count(spec.name)) {
      report.others.push_back(spec.name);
      continue;
    }
    const auto module = spec.name.substr(0, spec.name.size() - std::string(".weight").size());
    auto adapter = truncated(delta, options.rank, name_key(module));
    const double lost = delta.sub(at::mm(adapter.b, adapter.a)).norm().item<double>();
    report.modules.push_back({module, norm, 1 - lost * lost / (norm * norm)});
    adapters.emplace_back(module, std::move(adapter));
  }
  if (!report.others.empty() && !options.ignore_others)
    throw_checkpoint(report.others.size(),
                     " tensors changed that an adapter cannot hold, the first ",
                     report.others.front(), "; add --ignore-others to leave their changes out");
  if (adapters.empty())
    throw_checkpoint(tuned_folder.string(), " has the linears of ", base_folder.string(),
                     " unchanged, so that there is nothing to extract; name another checkpoint");
  LoraSpec style;
  style.peft_naming = options.peft_naming;
  write_adapter(folder.staging(), adapters, style, base_folder.string(),
                {config.vision.kept_states()});
  folder.commit();
  return report;
}

}  // namespace ecg_lora::lora
