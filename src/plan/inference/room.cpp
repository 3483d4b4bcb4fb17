#include "ecg_lora/plan/inference/room.h"

#include <ATen/ATen.h>
#include <c10/util/accumulate.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/model/checkpoint/open_checkpoint.h"
#include "ecg_lora/model/checkpoint/stored_dtype.h"
#include "ecg_lora/model/shape/table.h"

namespace ecg_lora::plan {
namespace {

constexpr std::size_t kMaxOptions = 3;  ///< that a refusal names

/// Elements of the largest tensor, and of the linears of the layers.
struct Elements {
  std::int64_t largest = 0, layers = 0;
};
Elements elements_of(const model::ModelConfig& model) {
  Elements elements;
  for (const auto& spec : model::tensor_table(model)) {
    const auto count = c10::multiply_integers(spec.shape);
    elements.largest = std::max(elements.largest, count);
    if (model::is_linear_weight(spec) && !model::layer_of(spec.name).empty())
      elements.layers += count;
  }
  return elements;
}

std::int64_t size_of(at::ScalarType dtype) {
  return static_cast<std::int64_t>(c10::elementSize(dtype));
}

/// "21.3 GB of memory, expected at most 8.0 GB (limit)", of processes that share it.
std::string too_much(std::int64_t needed, std::int64_t left, std::int64_t processes,
                     const std::string& limit) {
  const auto times = processes > 1 ? cat(processes, " processes times ") : "";
  return cat(times, format_giga(needed), " of memory, expected at most ", format_giga(left), " (",
             limit, ")");
}

std::string choices(const std::vector<Option>& options, const Room& room) {
  std::string fitting;
  std::size_t count = 0;
  auto least = options.end();
  for (auto option = options.begin(); option != options.end(); ++option) {
    if (least == options.end() || option->need.host() < least->need.host()) least = option;
    if (count == kMaxOptions || !shortage(option->need, room).empty()) continue;
    fitting += cat(count++ > 0 ? ", or " : "", option->arguments, " (",
                   format_giga(std::max(option->need.host(), option->need.device)), ")");
  }
  if (!fitting.empty()) return "use " + fitting;
  if (least == options.end()) return "free memory, or use a larger machine";
  return cat("no other setting fits: the smallest, ", least->arguments, ", needs ",
             format_giga(std::max(least->need.host(), least->need.device)),
             "; free memory, or use a larger machine");
}

}  // namespace

std::string format_giga(std::int64_t bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f GB", static_cast<double>(bytes) / 1e9);
  return text;
}

std::int64_t Need::host() const {
  return libraries + std::max(loading, working);
}
std::int64_t Need::host_peak() const {
  return libraries + std::max(loading + pages, working);
}

std::int64_t library_bytes(bool cuda) {
  return cuda ? 2'000'000'000 : 270'000'000;
}

BaseLoad base_load(const std::string& folder, const model::BaseQuantisation& base,
                   at::ScalarType dtype, bool cuda) {
  BaseLoad load{model::load_model_config(folder), base, dtype};
  load.base.shard = nullptr;
  load.cuda = cuda;
  if (!model::has_weights(folder)) {
    load.stored = model::stored_dtype(folder);
    return load;
  }
  const auto checkpoint = model::open_checkpoint(folder);
  load.stored = model::stored_dtype(*checkpoint);
  for (const auto& file : checkpoint->files())
    load.files += static_cast<std::int64_t>(std::filesystem::file_size(file.path));
  return load;
}

Need need_of(const BaseLoad& load, std::int64_t tensors, std::int64_t batch) {
  const auto elements = elements_of(load.model);
  const auto layers = elements.layers * size_of(load.dtype);
  const bool mapped = load.in_files && load.dtype == load.stored;
  const auto elsewhere = mapped ? layers : layers * (load.share - 1) / load.share;
  const auto weights = model::weight_bytes(load.model, load.base, load.dtype).total() - elsewhere;
  const bool converted = load.cuda || size_of(load.dtype) < size_of(load.stored);
  Need need;
  need.libraries = library_bytes(load.cuda);
  need.pages = mapped ? layers : elements.largest * size_of(load.stored);
  need.files = load.files;
  need.loading =
      (load.cuda ? 0 : weights) + (converted ? elements.largest * size_of(load.dtype) : 0);
  need.working = load.cuda ? batch : tensors - elsewhere;
  need.device = load.cuda ? tensors - elsewhere : 0;
  return need;
}

std::string shortage(const Need& need, const Room& room) {
  if (room.device && need.device > *room.device)
    return too_much(need.device, *room.device, 1, "free memory of the CUDA device");
  for (const auto& limit : room.limits) {
    const auto processes = limit.shared ? std::max<std::int64_t>(1, room.processes) : 1;
    // The libraries have their addresses already.
    const auto wanted = limit.addresses ? need.host() - need.libraries + need.files : need.host();
    if (wanted > limit.left / processes) return too_much(wanted, limit.left, processes, limit.name);
  }
  return "";
}

RoomChecked require_room(const std::string& command, const Need& need,
                         const std::vector<Option>& options, const Room& room, bool force) {
  const auto lack = shortage(need, room);
  if (lack.empty()) return {};
  const auto what = cat(command, " needs ", lack);
  if (!force) throw_usage(what, "; ", choices(options, room), ", or --force to go on nevertheless");
  log_warn(what + "; going on, as --force says");
  return {};
}

}  // namespace ecg_lora::plan
