#include <iomanip>

#include "ecg_lora/plan/training/print_training.h"

#include "ecg_lora/plan/inference/print.h"

namespace ecg_lora::plan {
namespace {

Json layers_json(const std::vector<LayerKind>& layers) {
  Json json = Json::array();
  for (const auto& layer : layers)
    json.push_back({{"kind", layer.name},
                    {"layers", layer.count},
                    {"kept", layer.kept},
                    {"input", layer.input},
                    {"workspace", layer.workspace}});
  return json;
}

Json batch_json(const BatchShape& batch) {
  const auto text_tokens = batch.text_tokens > 0 ? batch.text_tokens : batch.rows * batch.tokens;
  return {{"rows", batch.rows},     {"tokens", batch.tokens},   {"text_tokens", text_tokens},
          {"images", batch.images}, {"answers", batch.answers}, {"masked", batch.masked}};
}

Json fit_json(const DeviceFit& fit) {
  Json json{{"bytes", fit.gigabytes * 1e9},
            {"usable", fit.usable},
            {"fits", fit.fits},
            {"advice", Json::array()}};
  for (const auto& [change, total, changed] : fit.advice)
    json["advice"].push_back({{"set", change}, {"total", total}});
  return json;
}

}  // namespace

DeviceFit fit_on_device(const TrainingInput& input, std::int64_t total, double gigabytes,
                        double reserve) {
  DeviceFit fit{gigabytes, static_cast<std::int64_t>(gigabytes * 1e9 * (1 - reserve)), true, {}};
  if (gigabytes > 0) fit.fits = total <= fit.usable, fit.advice = advise(input, fit.usable);
  return fit;
}

void print_training(std::ostream& out, const TrainingInput& input, const TrainingPlan& plan) {
  const auto& batch = input.batch;
  const auto& vision = input.model.vision;
  const auto& checkpointed = input.loop.activation_checkpointing;
  out << "batch         " << batch.rows << " rows of " << batch.tokens << " tokens, "
      << batch.images << " images of " << vision.max_tiles << " tiles of " << vision.image_size
      << " px, " << batch.answers << " answer tokens\n";
  print_weights(out, plan.weights);
  print_bytes(out, "adapters", plan.adapters);
  print_bytes(out, "gradients", plan.gradients);
  print_bytes(out, "optimizer", plan.optimizer);
  print_bytes(out, "batch", plan.batch);
  print_bytes(out, "activations", plan.activations,
              checkpointed == "none" ? "without checkpointing"
                                     : "with checkpointing of " + checkpointed + " layers");
  print_bytes(out, "workspace", plan.workspace);
  print_bytes(out, "total", plan.total(), plan.peak_at);
}

void print_fit(std::ostream& out, const DeviceFit& fit) {
  out << "device        " << std::defaultfloat << fit.gigabytes << " GB, "
      << static_cast<double>(fit.usable) / 1e9
      << " GB of them for tensors: " << (fit.fits ? "fits" : "does NOT fit") << "\n";
  if (fit.advice.empty()) return;
  out << "each of these alone:\n";
  for (std::size_t i = 0; i < fit.advice.size(); ++i) {
    const auto& [change, total, changed] = fit.advice[i];
    const bool last = i + 1 == fit.advice.size();
    if (last)
      out << (total <= fit.usable ? "to fit:\n" : "all together, which is still too much:\n");
    out << "  " << std::fixed << std::setprecision(3) << std::setw(10)
        << static_cast<double>(total) / 1e9 << " GB with --set " << change << "\n";
  }
}

void print_arithmetic(std::ostream& out, const TrainingPlan& plan, double tflops) {
  out << "arithmetic    " << std::defaultfloat << std::setprecision(4) << plan.flops / 1e12
      << " TFLOP a step";
  if (tflops > 0) out << "; " << plan.flops / 1e12 / tflops << " s at " << tflops << " TFLOP/s";
  out << "\n";
}

Json training_json(const TrainingInput& input, const TrainingPlan& plan) {
  return {{"weights", weights_json(plan.weights)},
          {"adapters", plan.adapters},
          {"gradients", plan.gradients},
          {"optimizer", plan.optimizer},
          {"batch", plan.batch},
          {"activations", plan.activations},
          {"workspace", plan.workspace},
          {"total", plan.total()},
          {"peak_at", plan.peak_at},
          {"layers", layers_json(plan.layers)},
          {"batch_shape", batch_json(input.batch)},
          {"flops", plan.flops}};
}

Json device_json(const TrainingPlan& plan, const DeviceFit& fit, double tflops) {
  Json json = Json::object();
  if (tflops > 0) json["seconds"] = plan.flops / 1e12 / tflops;
  if (fit.gigabytes > 0) json["device"] = fit_json(fit);
  return json;
}

}  // namespace ecg_lora::plan
