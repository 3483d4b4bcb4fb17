#include "ecg_lora/train/position.h"

#include <cmath>

namespace ecg_lora::train {

Json to_json(const Position& p) {
  return {{"step", p.step}, {"skipped", p.skipped}, {"skipped_in_a_row", p.skipped_in_a_row}, {"validated", p.validated}, {"best", p.best ? Json(*p.best) : Json()},
          {"best_step", p.best_step}, {"without_best", p.without_best}};
}

Position position_from(const Json& json) {
  Position p;
  p.step = json.at("step").get<std::int64_t>();
  p.skipped = json.at("skipped").get<std::int64_t>();
  p.skipped_in_a_row = json.value("skipped_in_a_row", std::int64_t{0});
  p.validated = json.value("validated", std::int64_t{0});
  if (json.contains("best") && !json.at("best").is_null()) p.best = json.at("best").get<double>();
  p.best_step = json.value("best_step", std::int64_t{0});
  p.without_best = json.value("without_best", std::int64_t{0});
  return p;
}

bool note_validation(Position& position, const LoopConfig& loop, std::optional<double> value) {
  position.validated = position.step;
  const auto gain = [&](double now, double before) { return loop.best_by == "loss" ? before - now : now - before; };
  if (value && std::isfinite(*value) && (!position.best || gain(*value, *position.best) > loop.min_delta)) {
    position.best = value;
    position.best_step = position.step;
    position.without_best = 0;
    return true;
  }
  ++position.without_best;
  return false;
}

bool out_of_patience(const Position& position, const LoopConfig& loop) { return loop.patience > 0 && position.without_best >= loop.patience; }

}  // namespace ecg_lora::train
