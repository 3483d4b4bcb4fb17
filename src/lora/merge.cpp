// Base plus adapter, one tensor at a time.
#include "ecg_lora/lora/merge.h"

#include <fstream>
#include <map>
#include <set>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/lora/peft_config.h"
#include "ecg_lora/model/mllama.h"
#include "ecg_lora/model/table.h"
#include "ecg_lora/tensorio/checkpoint.h"
#include "ecg_lora/tensorio/stream_writer.h"

namespace ecg_lora::lora {
namespace {

/// The adapter by weight names on disk.
struct Adapter {
  explicit Adapter(const std::filesystem::path& where)
      : config(load_peft_config(where)), file(where / "adapter_model.safetensors"), folder(where) {
    for (const auto& info : file.tensors()) {
      const auto name = parse_adapter_name(info.name);
      names[name.module + ".weight"][name.part] = info.name;
    }
    for (const auto& [weight, parts] : names)
      if (parts.size() != 2)
        throw_checkpoint("adapter ", folder.string(), " holds only one of lora_A and lora_B of ", weight,
                         ", expected both; export the adapter again");
  }

  PeftConfig config;
  tensorio::SafetensorsFile file;
  std::filesystem::path folder;
  std::map<std::string, std::map<char, std::string>> names;

  bool hits(const std::string& weight) const { return names.count(weight) != 0; }

  /// scale * B A in fp32, after its shape was checked against the base's.
  at::Tensor update(const std::string& weight, at::IntArrayRef shape) const {
    const auto& parts = names.at(weight);
    const auto a = file.tensor(parts.at('A')).to(at::kFloat), b = file.tensor(parts.at('B')).to(at::kFloat);
    if (a.dim() != 2 || b.dim() != 2 || shape.size() != 2 || b.size(0) != shape[0] || a.size(1) != shape[1] ||
        a.size(0) != config.rank || b.size(1) != config.rank)
      throw_checkpoint("adapter ", folder.string(), " was made for another base: ", weight, " of the base is ", shape, ", but lora_A is ",
                       a.sizes(), " and lora_B ", b.sizes(), "; use the base that its adapter_config.json names");
    return at::mm(b, a).mul_(config.scale());
  }
};

void check_targets(const tensorio::Checkpoint& base, const Adapter& adapter) {
  std::set<std::string> present;
  for (const auto& name : base.names()) present.insert(model::disk_name(name));
  for (const auto& [weight, parts] : adapter.names)
    if (!present.count(weight))
      throw_checkpoint("adapter ", adapter.folder.string(), " has tensors for ", weight, ", which ", base.folder().string(),
                       " does not hold; use the base that its adapter_config.json names");
}

/// Everything beside the weights: config, tokenizer, processor, chat template, generation config.
void copy_companions(const std::filesystem::path& base, const std::filesystem::path& out) {
  for (const auto& entry : std::filesystem::directory_iterator(base)) {
    const auto name = entry.path().filename().string();
    const auto extension = entry.path().extension();
    const bool weights = extension == ".safetensors" || extension == ".bin" || extension == ".pth" || name == "model.safetensors.index.json";
    if (!entry.is_regular_file() || weights || name[0] == '.') continue;
    std::filesystem::copy_file(entry.path(), out / name);
  }
}

void note_dtype(const std::filesystem::path& out, at::ScalarType dtype) {
  auto config = read_json(out / "config.json");
  const std::string name = dtype == at::kBFloat16 ? "bfloat16" : dtype == at::kHalf ? "float16" : "float32";
  for (const char* key : {"torch_dtype", "dtype"})
    if (config.contains(key)) config[key] = name;
  write_json(out / "config.json", config);
}

struct Plan {
  std::string dtype;
  at::ScalarType of(const tensorio::TensorInfo& info) const {
    return dtype.empty() || !c10::isFloatingType(info.dtype) ? info.dtype : model::parse_dtype(dtype);
  }
};

at::Tensor merged_tensor(const tensorio::TensorInfo& info, const at::Tensor& weight, const Adapter& adapter, at::ScalarType dtype,
                         MergeReport& report) {
  const auto name = model::disk_name(info.name);
  if (!adapter.hits(name)) return weight.to(dtype);
  const auto update = adapter.update(name, weight.sizes());
  const auto wide = weight.to(at::kFloat);
  report.changes.emplace_back(info.name, (update.norm() / wide.norm().clamp_min(1e-30)).item<double>());
  ++report.merged;
  return wide.add(update).to(dtype);
}

}  // namespace

MergeReport merge(const std::filesystem::path& base, const std::filesystem::path& adapter_folder, const std::filesystem::path& out,
                  const std::string& dtype) {
  const Plan plan{dtype};
  if (!dtype.empty()) model::parse_dtype(dtype);
  model::load_model_config(base);
  const tensorio::Checkpoint checkpoint(base);
  const Adapter adapter(adapter_folder);
  check_targets(checkpoint, adapter);

  AtomicFolder folder(out);
  MergeReport report;
  Progress progress("merging", static_cast<std::int64_t>(checkpoint.names().size()), "tensors");
  Json weight_map = Json::object();
  for (const auto& shard : checkpoint.shards()) {
    auto infos = shard->tensors();
    for (auto& info : infos) info.dtype = plan.of(info);
    const auto file = shard->path().filename();
    tensorio::StreamWriter writer(folder.staging() / file, infos);
    for (const auto& info : shard->tensors()) {
      throw_if_interrupted("the merge");
      const auto tensor = merged_tensor(info, shard->tensor(info.name), adapter, plan.of(info), report);
      writer.write(tensor);
      weight_map[info.name] = file.string();
      report.bytes += tensor.nbytes();
      ++report.tensors;
      progress.advance();
    }
    writer.finish();
  }
  copy_companions(base, folder.staging());
  if (checkpoint.shards().size() > 1)
    write_json(folder.staging() / "model.safetensors.index.json", {{"metadata", {{"total_size", report.bytes}}}, {"weight_map", weight_map}});
  if (!dtype.empty()) note_dtype(folder.staging(), model::parse_dtype(dtype));
  folder.commit();
  return report;
}

}  // namespace ecg_lora::lora
