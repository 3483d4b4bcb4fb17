#include "ecg_lora/train/loop/trainer_state.h"

#include <cmath>

#include "ecg_lora/base/error.h"

namespace ecg_lora::train {

Json to_json(const TrainerState& p) {
  return {{"step", p.step},
          {"skipped", p.skipped},
          {"skipped_in_a_row", p.skipped_in_a_row},
          {"validated", p.validated},
          {"best", p.best ? Json(*p.best) : Json()},
          {"best_step", p.best_step},
          {"without_best", p.without_best}};
}

namespace {

/// A count of steps: whole, from 0 to 10^15.
std::int64_t count_in(const Json& json, const char* key) {
  const auto& value = json.at(key);
  if (!value.is_number_integer() || value.get<double>() < 0 || value.get<double>() > 1e15)
    throw_checkpoint("the state of the checkpoint has ", key, " ", value.dump(),
                     ", expected a count of steps");
  return value.get<std::int64_t>();
}

}  // namespace

TrainerState trainer_state_from(const Json& json) {
  TrainerState p;
  p.step = count_in(json, "step");
  p.skipped = count_in(json, "skipped");
  p.skipped_in_a_row = json.contains("skipped_in_a_row") ? count_in(json, "skipped_in_a_row") : 0;
  p.validated = json.contains("validated") ? count_in(json, "validated") : 0;
  if (json.contains("best") && !json.at("best").is_null()) p.best = json.at("best").get<double>();
  p.best_step = json.contains("best_step") ? count_in(json, "best_step") : 0;
  p.without_best = json.contains("without_best") ? count_in(json, "without_best") : 0;
  return p;
}

bool note_validation(TrainerState& state, const LoopConfig& loop, std::optional<double> value) {
  state.validated = state.step;
  const auto gain = [&](double now, double before) {
    return loop.best_by == "loss" ? before - now : now - before;
  };
  if (value && std::isfinite(*value) &&
      (!state.best || gain(*value, *state.best) > loop.min_delta)) {
    state.best = value;
    state.best_step = state.step;
    state.without_best = 0;
    return true;
  }
  ++state.without_best;
  return false;
}

void require_learning(const TrainerState& end) {
  if (end.step > 0 && end.skipped >= end.step)
    throw_numerics("no step was learnt from: the loss or gradients of all ", end.step,
                   " steps were not finite, so that they were skipped; lower optimizer.lr, use "
                   "dtype bf16 instead of fp16, or look at the base and the samples");
}

bool out_of_patience(const TrainerState& state, const LoopConfig& loop) {
  return loop.patience > 0 && state.without_best >= loop.patience;
}

}  // namespace ecg_lora::train
