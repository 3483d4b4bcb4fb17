// Prints the scores of pairs of texts, one JSON object a line on stdin ({"prediction",
// "reference"}), as one JSON object.
#include <iostream>

#include "ecg_lora/base/json.h"
#include "ecg_lora/metrics/texts/text_metrics.h"

int main() {
  using namespace ecg_lora;
  std::vector<metrics::TextPair> pairs;
  for (std::string line; std::getline(std::cin, line);) {
    const auto json = parse_json(line, "stdin");
    pairs.push_back({json.at("prediction"), json.at("reference")});
  }
  const auto triple = [](const metrics::FMeasure& m) {
    return Json::array({m.precision, m.recall, m.f});
  };
  const auto scores = metrics::score_texts(pairs);
  Json items = Json::array();
  const auto cider = metrics::cider_d(pairs);
  for (std::size_t i = 0; i < pairs.size(); ++i)
    items.push_back({{"tokens", metrics::tokens_13a(pairs[i].prediction)},
                     {"rouge1", triple(metrics::rouge_n(pairs[i], 1))},
                     {"rouge2", triple(metrics::rouge_n(pairs[i], 2))},
                     {"rougeL", triple(metrics::rouge_l(pairs[i]))},
                     {"meteor_exact", metrics::meteor_exact(pairs[i])},
                     {"cider_d", cider[i]}});
  std::cout << Json{{"bleu", scores.bleu.bleu},
                    {"precision", scores.bleu.precision},
                    {"brevity_penalty", scores.bleu.brevity_penalty},
                    {"empty", scores.empty},
                    {"rouge_l", scores.rouge_l},
                    {"items", items}}
                   .dump()
            << "\n";
}
