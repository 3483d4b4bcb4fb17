// ecg-lora-compare: runs of ecg-lora eval side by side, with paired differences.
#include <filesystem>
#include <iostream>

#include "ecg_lora/base/command_line.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/hash.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/report/comparison_report.h"

namespace {

using namespace ecg_lora;
namespace fs = std::filesystem;

struct Options {
  std::vector<std::string> runs;
  std::string out;
  score::ThresholdRule rule;
  score::BootstrapOptions bootstrap;
};

/// A folder that ecg-lora eval wrote.
struct EvalRun {
  score::Run run;
  std::string folds, sample;
};

/// RUN/predictions.jsonl, else the file that scores.json was made from, if it is still the same.
fs::path predictions_of(const fs::path& folder, const Json& provenance) {
  if (fs::exists(folder / "predictions.jsonl")) return folder / "predictions.jsonl";
  const fs::path file = provenance.value("predictions", std::string());
  if (file.empty() || !fs::exists(file)) throw_data(folder.string(), " holds no predictions.jsonl, and the file that its scores.json was made from ('", file.string(), "') is not there; run ecg-lora eval again");
  if (sha256_file(file) != provenance.value("predictions_sha256", std::string())) throw_data(file.string(), " has changed since ", (folder / "scores.json").string(), " was made from it; run ecg-lora eval again");
  return file;
}

EvalRun load_run(const fs::path& folder) {
  const auto file = folder / "scores.json";
  const auto json = read_json(file);
  EvalRun result;
  result.run.name = folder.string();
  try {
    const auto& data = json.at("provenance").at("config").at("data");
    const auto all = score::read_predictions(predictions_of(folder, json.at("provenance")));
    result.run.validation = score::of_folds(all, data.at("valid_folds").get<std::vector<int>>());
    result.run.test = score::of_folds(all, data.at("test_folds").get<std::vector<int>>());
    result.folds = json.at("folds").get<std::string>();
    result.sample = json.at("sample").get<std::string>();
  } catch (const nlohmann::json::exception&) {
    throw_data(file.string(), " lacks folds, sample or provenance.config.data of ecg-lora eval; run ecg-lora eval again");
  }
  if (result.run.test.empty()) throw_data(folder.string(), " has no prediction of its test folds, expected those that ", file.string(), " was made from; run ecg-lora eval again");
  return result;
}

int run(const Options& options) {
  if (options.runs.size() < 2) throw_usage("expected two runs or more, got ", options.runs.size(), "; name folders that ecg-lora eval wrote");
  report::ComparisonReport report;
  report.rule = options.rule, report.bootstrap = options.bootstrap;
  report.bootstrap.progress = true;
  std::vector<EvalRun> runs;
  for (const auto& folder : options.runs) {
    runs.push_back(load_run(folder));
    const auto& one = runs.back();
    log_info(cat("scoring ", folder));
    report.runs.push_back({one.run.name, one.folds, one.sample, score::score(score::make_table(one.run.test), score::choose_thresholds(score::make_table(one.run.validation), options.rule), report.bootstrap)});
    if (runs.size() > 1) report.differences.push_back(score::compare(runs.front().run, one.run, options.rule, report.bootstrap));
  }
  std::cout << report::comparison_table(report);
  if (options.out.empty()) return 0;
  const fs::path out = options.out;
  write_file(out / "compare.html", report::comparison_page(report));
  write_json(out / "compare.json", report::comparison_json(report));
  std::cout << "\nwrote " << (out / "compare.json").string() << " and compare.html\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Puts runs of ecg-lora eval side by side, with paired differences of each from the first", "ecg-lora compare");
  Options options;
  app.add_option("runs", options.runs, "folders that ecg-lora eval wrote; the first is what the others are compared with")->required();
  app.add_option("--out", options.out, "folder for compare.json and compare.html");
  app.add_option("--resamples", options.bootstrap.resamples, "bootstrap resamples of patients")->capture_default_str()->check(CLI::Range(0, 1000000));
  app.add_option("--seed", options.bootstrap.seed, "of the bootstrap")->capture_default_str();
  app.add_option("--threshold", options.rule.rule, "f1, youden, sensitivity or fixed, as score.threshold of ecg-lora eval")->capture_default_str()->check(CLI::IsMember({"f1", "youden", "sensitivity", "fixed"}));
  app.add_option("--sensitivity", options.rule.sensitivity, "what --threshold sensitivity must reach")->capture_default_str()->check(CLI::Range(0.0, 1.0));
  app.footer("Example: ecg-lora compare runs/quickstart/before runs/quickstart/after --out runs/quickstart/compare");
  return guarded([&]() -> int {
    if (const auto code = parse_command_line(app, argc, argv)) return *code;
    return run(options);
  });
}
