// Base plus adapter, one tensor at a time.
#include "ecg_lora/lora/merge.h"

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/lora/adapter_file.h"
#include "ecg_lora/model/mllama.h"
#include "ecg_lora/model/table.h"
#include "ecg_lora/tensorio/checkpoint.h"
#include "ecg_lora/tensorio/stream_writer.h"

namespace ecg_lora::lora {
namespace {

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

/// The module whose weight a tensor is, by its name on disk; empty for any other tensor.
std::string module_of(const std::string& tensor) {
  const std::string end = ".weight", name = model::disk_name(tensor);
  return name.size() > end.size() && name.compare(name.size() - end.size(), end.size(), end) == 0 ? name.substr(0, name.size() - end.size()) : "";
}

at::Tensor merged_tensor(const tensorio::TensorInfo& info, const at::Tensor& weight, const AdapterFile& adapter, at::ScalarType dtype,
                         MergeReport& report) {
  const auto module = module_of(info.name);
  if (!adapter.modules().count(module)) return weight.to(dtype);
  const auto wide = weight.to(at::kFloat), merged = merged_weight(weight, adapter.adapter_for(module, weight));
  report.changes.emplace_back(info.name, ((merged - wide).norm() / wide.norm().clamp_min(1e-30)).item<double>());
  ++report.merged;
  return merged.to(dtype);
}

}  // namespace

MergeReport merge(const std::filesystem::path& base, const std::filesystem::path& adapter_folder, const std::filesystem::path& out,
                  const std::string& dtype) {
  const Plan plan{dtype};
  if (!dtype.empty()) model::parse_dtype(dtype);
  const auto config = model::load_model_config(base);
  const tensorio::Checkpoint checkpoint(base);
  const AdapterFile adapter(adapter_folder);
  adapter.check_fits(config);

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
  if (report.merged != static_cast<std::int64_t>(adapter.modules().size()))
    throw_checkpoint(base.string(), " holds ", report.merged, " of the ", adapter.modules().size(), " weights that the adapter changes; the checkpoint is incomplete");
  folder.commit();
  return report;
}

}  // namespace ecg_lora::lora
