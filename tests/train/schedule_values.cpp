// Prints the learning rate of every step: schedule_values '{"lr": 1, "schedule": "wsd"}' STEPS.
#include <iomanip>
#include <iostream>

#include "ecg_lora/base/run.h"
#include "ecg_lora/config/fields.h"
#include "ecg_lora/train/loop/schedule.h"

int main(int argc, char** argv) {
  using namespace ecg_lora;
  return guarded([&] {
    if (argc != 3) throw_usage("expected an optimizer config as JSON and a number of steps");
    const auto config =
        config::from_json<train::OptimizerConfig>(parse_json(argv[1], "arguments"), "arguments");
    const auto steps = std::stoll(argv[2]);
    std::cout << std::setprecision(17);
    for (std::int64_t step = 0; step <= steps; ++step)
      std::cout << train::learning_rate(config, step, steps) << "\n";
    return 0;
  });
}
