#include "ecg_lora/lora/extract.h"

#include <algorithm>
#include <map>
#include <memory>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/log_once.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/base/random.h"
#include "ecg_lora/lora/adapter_file.h"
#include "ecg_lora/lora/lora.h"
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

/// A checkpoint that is open, and its tensors' names by their names on disk.
struct Opened {
  explicit Opened(const std::filesystem::path& folder)
      : tensors(model::open_checkpoint(folder)), names(model::stored_names(*tensors)) {}
  std::string folder() const { return tensors->folder().string(); }

  std::unique_ptr<tensorio::Checkpoint> tensors;
  std::map<std::string, std::string> names;
};

void check_same_tensors(const Opened& base, const Opened& tuned) {
  for (const auto& [name, stored] : base.names) {
    const auto found = tuned.names.find(name);
    if (found == tuned.names.end())
      throw_checkpoint(tuned.folder(), " has no tensor ", name, ", which ", base.folder(),
                       " has; compare checkpoints of one shape");
    const auto &a = base.tensors->info(stored).shape, &b = tuned.tensors->info(found->second).shape;
    if (a != b)
      throw_checkpoint(name, " is ", at::IntArrayRef(a), " in ", base.folder(), " and ",
                       at::IntArrayRef(b), " in ", tuned.folder(),
                       "; compare checkpoints of one shape");
  }
}

/// tuned - base of the tensor of that name on disk, in fp32.
at::Tensor change_of(const std::string& name, const Opened& base, const Opened& tuned) {
  const auto &stored = base.names.at(name), &other = tuned.names.at(name);
  const auto delta =
      tuned.tensors->tensor(other).to(at::kFloat).sub(base.tensors->tensor(stored).to(at::kFloat));
  base.tensors->release_pages(stored);
  tuned.tensors->release_pages(other);
  if (!tensorio::all_finite(delta))
    throw_checkpoint(
        "the change of ", other,
        " is not finite, expected numbers in base and tuned model; use files that are whole");
  return delta;
}

/// Adapters of the linears that changed; `report` gets these and the other tensors that changed.
NamedAdapters adapters_of_changes(const model::ModelConfig& config, const Opened& base,
                                  const Opened& tuned, std::int64_t rank, ExtractReport& report) {
  NamedAdapters adapters;
  Progress progress("extracting", static_cast<std::int64_t>(base.names.size()), "tensors");
  for (const auto& spec : model::tensor_table(config)) {
    throw_if_interrupted("the extraction");
    progress.advance();
    const auto delta = change_of(spec.name, base, tuned);
    const double norm = delta.norm().item<double>();
    if (norm == 0) continue;
    if (!model::is_linear_weight(spec)) {
      report.others.push_back(spec.name);
      continue;
    }
    const auto module = model::module_of(spec);
    auto adapter = truncated(delta, rank, name_key(module));
    const double lost = delta.sub(at::mm(adapter.b, adapter.a)).norm().item<double>();
    report.modules.push_back({module, norm, 1 - lost * lost / (norm * norm)});
    adapters.emplace_back(module, std::move(adapter));
  }
  return adapters;
}

/// Refuses changes that no adapter can hold, and none at all.
void check_changes(const ExtractReport& report, const Opened& base, const Opened& tuned,
                   bool ignore_others) {
  if (!report.others.empty() && !ignore_others)
    throw_checkpoint(report.others.size(),
                     " tensors changed that an adapter cannot hold, the first ",
                     report.others.front(), "; add --ignore-others to leave their changes out");
  if (report.modules.empty())
    throw_checkpoint(tuned.folder(), " has the linears of ", base.folder(),
                     " unchanged, so that there is nothing to extract; name another checkpoint");
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
  const Opened base(base_folder), tuned(tuned_folder);
  model::check_table(config, *base.tensors, base.names);
  check_same_tensors(base, tuned);
  AtomicFolder folder(out);
  ExtractReport report;
  const auto adapters = adapters_of_changes(config, base, tuned, options.rank, report);
  check_changes(report, base, tuned, options.ignore_others);
  LoraSpec style;
  style.peft_naming = options.peft_naming;
  write_adapter(folder.staging(), adapters, style, base_folder.string(),
                {config.vision.kept_states()});
  folder.commit();
  return report;
}

}  // namespace ecg_lora::lora
