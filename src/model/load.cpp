// Strict loading: every tensor of the checkpoint has its place, and every place its tensor.
#include <algorithm>
#include <map>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/model/checkpoint.h"
#include "ecg_lora/model/mllama.h"

namespace ecg_lora::model {
namespace {

/// Where an adapter's factor stands below a linear; not part of a checkpoint.
bool is_adapter(const std::string& name) { return name.find(".lora_") != std::string::npos; }

std::string shape_text(at::IntArrayRef shape) { return cat("[", c10::Join(", ", shape), "]"); }

/// At most a few entries of a long list, so that the message stays one sentence.
std::string first_of(const std::vector<std::string>& entries) {
  std::string text;
  const std::size_t shown = std::min<std::size_t>(entries.size(), 5);
  for (std::size_t i = 0; i < shown; ++i) text += (i ? ", " : "") + entries[i];
  return entries.size() > shown ? cat(text, " and ", entries.size() - shown, " more") : text;
}

struct Mismatch {
  std::vector<std::string> missing, unexpected, misshaped;

  void report(const std::filesystem::path& folder) const {
    if (missing.empty() && unexpected.empty() && misshaped.empty()) return;
    std::string text = cat("checkpoint ", folder.string(), " does not fit its config.json:");
    if (!missing.empty()) text += cat(" ", missing.size(), " missing (", first_of(missing), ")");
    if (!unexpected.empty()) text += cat(" ", unexpected.size(), " unexpected (", first_of(unexpected), ")");
    if (!misshaped.empty()) text += cat(" ", misshaped.size(), " mis-shaped (", first_of(misshaped), ")");
    throw_checkpoint(text, "; use the config.json that belongs to these weights");
  }
};

}  // namespace

std::vector<std::pair<std::string, at::Tensor>> disk_tensors(const Mllama& model) {
  std::vector<std::pair<std::string, at::Tensor>> result;
  for (const auto& item : model->named_parameters())
    if (!is_adapter(item.key())) result.emplace_back(item.key(), item.value());
  return result;
}

Mllama load_model(const std::filesystem::path& folder, at::Device device, at::ScalarType dtype) {
  const auto config = load_model_config(folder);
  const auto opened = open_checkpoint(folder);
  const auto& checkpoint = *opened;
  auto stored = stored_names(checkpoint);
  Mllama model(config, at::TensorOptions().device(device).dtype(dtype));
  const auto places = disk_tensors(model);

  Mismatch mismatch;
  for (const auto& [name, place] : places) {
    const auto found = stored.find(name);
    if (found == stored.end()) {
      mismatch.missing.push_back(name);
    } else if (const auto& shape = checkpoint.info(found->second).shape; place.sizes() != at::IntArrayRef(shape)) {
      mismatch.misshaped.push_back(cat(name, ": expected ", shape_text(place.sizes()), ", got ", shape_text(shape)));
    }
  }
  for (const auto& [name, original] : stored)
    if (std::none_of(places.begin(), places.end(), [&](const auto& p) { return p.first == name; }))
      mismatch.unexpected.push_back(original);
  mismatch.report(folder);

  Progress progress("loading " + folder.filename().string(), static_cast<std::int64_t>(places.size()), "tensors");
  const at::NoGradGuard guard;
  for (const auto& [name, place] : places) {
    place.copy_(checkpoint.tensor(stored.at(name)));
    checkpoint.forget_pages(stored.at(name));
    progress.advance();
  }
  model->eval();
  return model;
}

}  // namespace ecg_lora::model
