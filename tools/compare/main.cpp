// ecg-lora-compare: runs of ecg-lora eval side by side, with paired differences.
#include <filesystem>
#include <iostream>
#include <optional>

#include "ecg_lora/base/command_line.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/base/json_text.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/base/write_together.h"
#include "ecg_lora/evaluation/eval_runs.h"

namespace {

using namespace ecg_lora;
namespace fs = std::filesystem;

struct Options {
  std::vector<std::string> runs;
  std::string out;
  score::ThresholdRule rule;
  score::BootstrapOptions bootstrap;
};

/// All runs, of labels or all of instruction tasks.
std::vector<evaluation::EvalRun> open_all(const std::vector<std::string>& folders) {
  std::vector<evaluation::EvalRun> runs;
  for (const auto& folder : folders) {
    runs.push_back(evaluation::open_run(folder));
    const auto what = [](const evaluation::EvalRun& run) {
      return run.tasks ? "instruction tasks" : "labels";
    };
    if (runs.back().tasks != runs.front().tasks)
      throw_data(folder, " answers ", what(runs.back()), " and ", folders.front(), " ",
                 what(runs.front()), ", expected runs of one kind; compare them apart");
  }
  return runs;
}

/// Table to stdout; page and JSON to --out, where it was given.
void write(const Options& options, const std::string& table, const std::string& page,
           const Json& json) {
  std::cout << table;
  if (options.out.empty()) return;
  const fs::path out = options.out;
  const OutputLock lock(out);
  write_together({{out / "compare.html", page}, {out / "compare.json", json_document(json)}});
  std::cout << "\nwrote " << (out / "compare.json").string() << " and compare.html\n";
}

void compare_labels(std::vector<evaluation::EvalRun>& runs, const Options& options) {
  report::ComparisonReport report;
  report.rule = options.rule, report.bootstrap = options.bootstrap;
  std::optional<score::Run> first;
  for (auto& opened : runs) {
    auto run = evaluation::label_run(opened);
    log_info(cat("scoring ", run.name));
    report.runs.push_back(
        {opened.origin,
         score::score(score::with_labels(score::make_table(run.test), run.labels),
                      score::choose_thresholds(score::make_table(run.validation), options.rule),
                      report.bootstrap)});
    if (first)
      report.differences.push_back(score::compare(*first, run, options.rule, report.bootstrap));
    if (!first) first = std::move(run);
  }
  write(options, report::comparison_table(report), report::comparison_page(report),
        report::comparison_json(report));
}

void compare_tasks(const std::vector<evaluation::EvalRun>& runs, const Options& options) {
  report::TaskComparisonReport report;
  report.bootstrap = options.bootstrap;
  std::optional<score::TaskRun> first;
  for (const auto& opened : runs) {
    auto run = evaluation::task_run(opened);
    log_info(cat("scoring ", run.name));
    report.runs.push_back({opened.origin, score::score_tasks(run.answers, report.bootstrap)});
    if (first) report.differences.push_back(score::compare(*first, run, report.bootstrap));
    if (!first) first = std::move(run);
  }
  write(options, report::task_comparison_table(report), report::task_comparison_page(report),
        report::task_comparison_json(report));
}

int run(Options options) {
  if (options.runs.size() < 2)
    throw_usage("expected two runs or more, got ", options.runs.size(),
                "; name folders that ecg-lora eval wrote");
  options.bootstrap.progress = true;
  auto runs = open_all(options.runs);
  runs.front().tasks ? compare_tasks(runs, options) : compare_labels(runs, options);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Puts runs of ecg-lora eval side by side, with paired differences of each from the first",
      "ecg-lora compare");
  Options options;
  app.add_option("runs", options.runs,
                 "folders that ecg-lora eval wrote; the first is what the others are compared with")
      ->required();
  app.add_option("--out", options.out, "folder for compare.json and compare.html");
  app.add_option("--resamples", options.bootstrap.resamples,
                 "groups of patients that are left out in turn, at most; less than 2: no intervals")
      ->capture_default_str()
      ->check(CLI::Range(0, 1000000));
  app.add_option("--seed", options.bootstrap.seed,
                 "deals patients to groups where there are more of them")
      ->capture_default_str();
  app.add_option(
         "--threshold", options.rule.rule,
         "f1, youden, sensitivity or fixed, as score.threshold of ecg-lora eval; tasks have none")
      ->capture_default_str()
      ->check(CLI::IsMember({"f1", "youden", "sensitivity", "fixed"}));
  app.add_option("--sensitivity", options.rule.sensitivity,
                 "what --threshold sensitivity must reach")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0));
  app.footer(
      "Example: ecg-lora compare runs/quickstart/before runs/quickstart/after --out "
      "runs/quickstart/compare");
  return guarded([&]() -> int {
    if (const auto code = parse_command_line(app, argc, argv)) return *code;
    return run(options);
  });
}
