// Base plus adapters, one tensor at a time.
#include "ecg_lora/lora/merge.h"

#include <cmath>
#include <iomanip>
#include <sstream>

#include "combine.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/model/checkpoint/auxiliary_files.h"
#include "ecg_lora/model/checkpoint/compare_table.h"
#include "ecg_lora/model/checkpoint/open_checkpoint.h"
#include "ecg_lora/model/mllama/mllama.h"
#include "ecg_lora/model/shape/meta.h"
#include "ecg_lora/tensorio/finite.h"
#include "ecg_lora/tensorio/stream_writer.h"
#include "write_behind.h"

namespace ecg_lora::lora {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kUsualShardBytes = 5'000'000'000;  ///< if the base is of another format
constexpr std::size_t kMaxWaiting = 2;  ///< parts for the writer: the pages of each are in memory
constexpr std::int64_t kPartElements = 4
                                       << 20;  ///< of a tensor that is copied or converted in parts

at::ScalarType written_dtype(const tensorio::TensorInfo& info, const std::string& dtype) {
  return dtype.empty() || !c10::isFloatingType(info.dtype) ? info.dtype : model::parse_dtype(dtype);
}

/// A file to write, and the tensors that go into it.
struct OutputFile {
  std::string name;
  std::vector<tensorio::TensorInfo> tensors;
  std::uint64_t bytes = 0;
};

/// Hugging Face's names: model.safetensors, or model-00001-of-00005.safetensors.
void name_files(std::vector<OutputFile>& files) {
  for (std::size_t i = 0; i < files.size(); ++i) {
    std::ostringstream name;
    name << "model";
    if (files.size() > 1)
      name << std::setfill('0') << "-" << std::setw(5) << i + 1 << "-of-" << std::setw(5)
           << files.size();
    files[i].name = name.str() + ".safetensors";
  }
}

/// The base's own files, or tensors in its order, as many to a file as fit.
std::vector<OutputFile> plan_files(const tensorio::Checkpoint& base, const MergeOptions& options) {
  std::vector<OutputFile> files;
  const bool own =
      options.shard_bytes == 0 && base.files().front().path.extension() == ".safetensors";
  const auto most = options.shard_bytes > 0 ? options.shard_bytes : kUsualShardBytes;
  for (const auto& [path, names] : base.files()) {
    if (own) files.push_back({path.filename().string(), {}, 0});
    for (const auto& name : names) {
      auto info = base.info(name);
      info.dtype = written_dtype(info, options.dtype);
      const auto bytes = bytes_of(info);
      if (!own && (files.empty() || (files.back().bytes > 0 && files.back().bytes + bytes > most)))
        files.push_back({});
      files.back().bytes += bytes;
      files.back().tensors.push_back(std::move(info));
    }
  }
  if (!own || files.size() == 1) name_files(files);
  return files;
}

/// Checkpoint error that names the tensor if a value is NaN or infinite.
void check_finite(const tensorio::TensorInfo& info, const at::Tensor& part) {
  if (!tensorio::all_finite(part))
    throw_checkpoint("the merged ", info.name,
                     " has a value that is not finite, or beyond what its dtype can hold, expected "
                     "numbers; use a base and an adapter that are whole, or a wider --dtype");
}

/// Calls `take` with the tensor in its final dtype, a part at a time.
template <class Take>
void produce(const tensorio::TensorInfo& info, const at::Tensor& weight,
             const AdapterStack& adapters, std::vector<TensorChange>* changes, Take take) {
  if (const auto module = adapters.changed_module(info.name); !module.empty()) {
    double change = 0, whole = 0;  // squares of norms
    adapters.apply(module, weight, [&](const at::Tensor& before, const at::Tensor& after) {
      if (changes) {
        change += std::pow((after - before).norm().item<double>(), 2);
        whole += std::pow(before.norm().item<double>(), 2);
      }
      take(after.to(info.dtype));
    });
    if (changes)
      changes->push_back(
          {info.name, std::sqrt(change / std::max(1e-60, whole)), std::sqrt(change)});
    return;
  }
  const auto flat = weight.flatten();
  for (std::int64_t at = 0; at < std::max<std::int64_t>(flat.numel(), 1); at += kPartElements)
    take(flat.narrow(0, at, std::min(kPartElements, flat.numel() - at)).to(info.dtype));
}

void write_shard(const OutputFile& file, const fs::path& folder, const tensorio::Checkpoint& base,
                 const AdapterStack& adapters, MergeReport& report, Progress& progress) {
  tensorio::StreamWriter writer(folder / file.name, file.tensors);
  {
    WriteBehind behind(kMaxWaiting);
    for (const auto& info : file.tensors) {
      throw_if_interrupted("the merge");
      produce(info, base.tensor(info.name), adapters, &report.changes, [&](const at::Tensor& part) {
        check_finite(info, part);
        behind.push([&, part] {
          writer.append(part);
          base.release_pages(info.name);  // not before: an unchanged part is a view of them
        });
      });
      progress.advance();
    }
    behind.finish();
  }
  writer.finish();
}

/// All files of weights; `report` gets what was written.
void write_shards(const std::vector<OutputFile>& files, const fs::path& folder,
                  const tensorio::Checkpoint& base, const AdapterStack& adapters,
                  MergeReport& report) {
  Progress progress("merging", static_cast<std::int64_t>(base.names().size()), "tensors");
  for (const auto& file : files) {
    write_shard(file, folder, base, adapters, report, progress);
    report.tensors += static_cast<std::int64_t>(file.tensors.size());
    report.bytes += file.bytes;
    ++report.files;
  }
  if (report.changes.size() != adapters.changed_modules())
    throw_checkpoint(base.folder().string(), " holds ", report.changes.size(), " of the ",
                     adapters.changed_modules(),
                     " weights that the adapter changes; the checkpoint is incomplete");
}

void write_index(const fs::path& folder, const std::vector<OutputFile>& files,
                 std::uint64_t bytes) {
  Json weight_map = Json::object();
  for (const auto& file : files)
    for (const auto& info : file.tensors) weight_map[info.name] = file.name;
  write_json(folder / "model.safetensors.index.json",
             {{"metadata", {{"total_size", bytes}}}, {"weight_map", weight_map}});
}

}  // namespace

std::vector<WeightedAdapter> weighted(const std::vector<std::string>& folders,
                                      const std::vector<double>& weights) {
  if (!weights.empty() && weights.size() != folders.size())
    throw_usage("--weight has ", weights.size(), " values for ", folders.size(),
                " adapters; give one for each, or none");
  std::vector<WeightedAdapter> adapters;
  for (std::size_t i = 0; i < folders.size(); ++i)
    adapters.push_back({folders[i], weights.empty() ? 1 : weights[i]});
  return adapters;
}

bool merges_one(const MergeOptions& options) {
  return options.adapters.size() == 1 && options.adapters[0].weight == 1 &&
         options.method == "linear";
}

MergeReport merge(const fs::path& base, const fs::path& out, const MergeOptions& options,
                  const FinishMerge& finish) {
  if (!options.dtype.empty()) model::parse_dtype(options.dtype);
  const auto config = model::load_model_config(base, options.states);
  model::warn_of_assumed_states(config.vision);
  MergeReport report;
  report.kept = converted(config.vision.kept_states(), options.form, config.vision.local_layers);
  const auto opened = model::open_checkpoint(base);
  const auto& checkpoint = *opened;
  model::check_table(config, checkpoint, model::stored_names(checkpoint));
  const AdapterStack adapters(options, config);
  const auto files = plan_files(checkpoint, options);

  AtomicFolder folder(out);
  for (const auto& file : adapters.files())
    report.base_quantisations.push_back(file->base_quantisation());
  write_shards(files, folder.staging(), checkpoint, adapters, report);
  model::copy_auxiliary_files(base, folder.staging());
  model::write_vision_states(folder.staging(), report.kept);
  if (files.size() > 1) write_index(folder.staging(), files, report.bytes);
  if (!options.dtype.empty() || model::has_meta_params(base))
    model::write_dtype(folder.staging(), files.front().tensors.front().dtype);
  if (finish) finish(folder.staging(), report);
  folder.commit();
  return report;
}

void verify_merge(const fs::path& base, const fs::path& merged, const MergeOptions& options) {
  const auto opened = model::open_checkpoint(base), opened_output = model::open_checkpoint(merged);
  const auto &checkpoint = *opened, &output = *opened_output;
  const AdapterStack adapters(options, model::load_model_config(base, options.states));
  if (checkpoint.names().size() != output.names().size())
    throw_checkpoint(merged.string(), " holds ", output.names().size(),
                     " tensors, expected the base's ", checkpoint.names().size(), "; merge again");
  Progress progress("verifying", static_cast<std::int64_t>(checkpoint.names().size()), "tensors");
  for (const auto& name : checkpoint.names()) {
    throw_if_interrupted("the check of the merge");
    auto info = checkpoint.info(name);
    info.dtype = written_dtype(info, options.dtype);
    const auto found = output.tensor(name).flatten();
    std::int64_t at = 0;
    bool equal = output.info(name).dtype == info.dtype && output.info(name).shape == info.shape;
    produce(info, checkpoint.tensor(name), adapters, nullptr, [&](const at::Tensor& part) {
      equal = equal && at::equal(found.narrow(0, at, part.numel()), part.flatten());
      at += part.numel();
      checkpoint.release_pages(name);
      output.release_pages(name);
    });
    if (!equal)
      throw_checkpoint(merged.string(), " holds ", name,
                       " with other values than base and adapter give; the disk or the memory is "
                       "at fault, merge again");
    progress.advance();
  }
}

}  // namespace ecg_lora::lora
