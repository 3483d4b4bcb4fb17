#include "ecg_lora/model/checkpoint/auxiliary_files.h"

#include <algorithm>
#include <array>

#include "ecg_lora/base/copy.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/size_limit.h"
#include "ecg_lora/model/shape/meta.h"
#include "ecg_lora/model/shape/stop_tokens.h"

namespace ecg_lora::model {
namespace {

namespace fs = std::filesystem;

/// Weights, and what trainers keep to go on, in whatever format.
constexpr std::array kWeightKinds = {".safetensors", ".bin",     ".pth",  ".pt",   ".ckpt",
                                     ".h5",          ".msgpack", ".gguf", ".ggml", ".onnx",
                                     ".npz",         ".pkl",     ".ot"};
/// What is true of the base's weights or training only.
constexpr std::array kBaseOnly = {
    "params.json",        "checklist.chk",        "adapter_config.json",
    "trainer_state.json", "all_results.json",     "train_results.json",
    "eval_results.json",  "predict_results.json", "cost.json"};

bool stays_true(const fs::path& file) {
  const auto name = file.filename().string();
  const auto is = [&](const char* other) { return name == other; };
  const auto kind = [&](const char* other) { return file.extension() == other; };
  return name[0] != '.' && !name.ends_with(".index.json") &&
         std::none_of(kBaseOnly.begin(), kBaseOnly.end(), is) &&
         std::none_of(kWeightKinds.begin(), kWeightKinds.end(), kind);
}

bool is_small_enough(const fs::directory_entry& file) {
  if (file.file_size() <= kWholeFileLimit) return true;
  for (const char* kind : {".json", ".jinja", ".model", ".txt"})
    if (file.path().extension() == kind)
      check_size(file.path(), file.file_size(), ExitCode::checkpoint);
  log_warn(cat(file.path().string(), " has ", file.file_size(),
               " bytes and is no part of the model: it is not copied"));
  return false;
}

void write_older_processor(const fs::path& folder) {
  const auto newer = folder / "processor_config.json", older = folder / "preprocessor_config.json";
  if (fs::exists(older) || !fs::exists(newer)) return;
  const auto json = read_json(newer, ExitCode::checkpoint);
  if (!json.is_object() || !json.contains("image_processor")) return;
  Json image = json["image_processor"];
  if (image.is_object() && json.contains("processor_class"))
    image["processor_class"] = json["processor_class"];
  write_json(older, image);
}

void forget_weight_name(const fs::path& folder) {
  auto config = read_json(folder / "config.json", ExitCode::checkpoint);
  if (config.is_object() && config.erase("transformers_weights"))
    write_json(folder / "config.json", config);
}

/// Adds to `at` the stop_tokens that it lacks, which are returned.
std::vector<std::int64_t> add_missing(Json& at, const std::vector<std::int64_t>& stop_tokens,
                                      const fs::path& folder) {
  auto all = at.is_null() ? std::vector<std::int64_t>{} : parse_stop_tokens(at, folder.string());
  std::vector<std::int64_t> missing;
  for (const auto stop : stop_tokens)
    if (std::find(all.begin(), all.end(), stop) == all.end()) missing.push_back(stop);
  all.insert(all.end(), missing.begin(), missing.end());
  if (!missing.empty()) at = all.size() == 1 ? Json(all.front()) : Json(all);
  return missing;
}

/// generation_config.json of `folder`, or what stands for one that it lacks.
Json generation_config(const fs::path& folder, const Json& config) {
  if (const auto file = folder / "generation_config.json"; fs::exists(file))
    return read_json(file, ExitCode::checkpoint);
  Json made = Json::object();
  for (const char* key : {"bos_token_id", "pad_token_id"})
    if (config["text_config"].contains(key)) made[key] = config["text_config"][key];
  return made;
}

}  // namespace

void copy_auxiliary_files(const fs::path& base, const fs::path& out) {
  if (has_meta_params(base)) {
    write_json(out / "config.json", meta_config(base));
    write_json(out / "generation_config.json", meta_generation_config(base));
    write_json(out / "preprocessor_config.json", meta_preprocessor_config(base));
  }
  for (const auto& entry : fs::directory_iterator(base))
    if (entry.is_regular_file() && stays_true(entry.path()) && is_small_enough(entry))
      copy_whole(entry.path(), out / entry.path().filename());
  forget_weight_name(out);
  write_older_processor(out);
}

void write_dtype(const fs::path& folder, at::ScalarType dtype) {
  auto config = read_json(folder / "config.json");
  const std::string name = dtype == at::kBFloat16 ? "bfloat16"
                           : dtype == at::kHalf   ? "float16"
                                                  : "float32";
  for (const char* key : {"torch_dtype", "dtype"})
    if (config.contains(key)) config[key] = name;
  for (const char* part : {"text_config", "vision_config"})
    for (const char* key : {"torch_dtype", "dtype"})
      if (config.contains(part) && config[part].contains(key) && !config[part][key].is_null())
        config[part][key] = name;
  write_json(folder / "config.json", config);
}

std::vector<std::int64_t> add_stop_tokens(const fs::path& folder,
                                          const std::vector<std::int64_t>& stop_tokens) {
  auto config = read_json(folder / "config.json", ExitCode::checkpoint);
  auto generation = generation_config(folder, config);
  const auto of_generation = add_missing(generation["eos_token_id"], stop_tokens, folder);
  const auto of_config = add_missing(config["text_config"]["eos_token_id"], stop_tokens, folder);
  if (!of_generation.empty()) write_json(folder / "generation_config.json", generation);
  if (!of_config.empty()) write_json(folder / "config.json", config);
  return of_generation.empty() ? of_config : of_generation;
}

}  // namespace ecg_lora::model
