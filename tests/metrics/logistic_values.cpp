// Fits logistic regressions, one JSON object a line on stdin ({"rows", "reference", "c"}), and
// prints each as a JSON line.
#include <iostream>

#include "ecg_lora/base/json.h"
#include "ecg_lora/metrics/statistics/logistic.h"

int main() {
  using namespace ecg_lora;
  for (std::string line; std::getline(std::cin, line);) {
    const auto json = parse_json(line, "stdin");
    const auto model =
        metrics::fit_logistic(json.at("rows").get<metrics::Matrix>(),
                              json.at("reference").get<std::vector<bool>>(), json.at("c"));
    std::cout << Json{{"coefficients", model.coefficients}, {"intercept", model.intercept}}.dump()
              << "\n";
  }
}
