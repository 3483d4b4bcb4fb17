#include "recipe.h"

#include <algorithm>
#include <iostream>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/report/training_page.h"
#include "ecg_lora/train/logging/metrics_log.h"

namespace ecg_lora::tools {
namespace {

namespace fs = std::filesystem;

/// Data error unless `folder` is a run that has done a step.
void check_run(const fs::path& folder) {
  if (!fs::is_directory(folder))
    throw_data(folder.string(),
               ": no such folder, expected a run of ecg-lora train; check the path");
  for (const char* file : {"config.json", "metrics.jsonl"})
    if (!fs::exists(folder / file))
      throw_data(
          folder.string(), " has no ", file,
          ", expected the folder of a run of ecg-lora train that has done a step; check the path");
}

/// The folder's own name, also for "runs/a/".
std::string name_of(const fs::path& folder) {
  const auto path = fs::absolute(folder).lexically_normal();
  if (path.filename().empty()) return path.parent_path().filename().string();
  return fs::absolute(folder).filename().string();
}

report::TrainingRun read_run(const fs::path& folder) {
  check_run(folder);
  report::TrainingRun run;
  run.name = name_of(folder);
  run.finished = fs::exists(folder / "adapter") || fs::exists(folder / "model");
  run.config = read_json(folder / "config.json");
  if (fs::exists(folder / "data.json")) run.data = read_json(folder / "data.json");
  if (const auto cost = folder / cost::kCostFile; fs::exists(cost))
    run.cost = cost::read_cost_record(cost);
  run.metrics = train::read_metrics(folder / "metrics.jsonl");
  for (std::size_t i = 0; fs::exists(folder / "samples" / cat(i, ".png")); ++i)
    run.pages.push_back(read_file(folder / "samples" / cat(i, ".png")));
  if (fs::exists(folder / "skipped.jsonl")) {
    const auto lines = read_file(folder / "skipped.jsonl");
    run.left_out = std::count(lines.begin(), lines.end(), '\n');
  }
  return run;
}

/// Metrics and configs that somebody edited may hold values of other types than the page shows.
std::string page_of(const fs::path& folder) {
  try {
    return report::training_page(read_run(folder));
  } catch (const nlohmann::json::exception& error) {
    throw_data(folder.string(),
               ": config.json, data.json or metrics.jsonl has a value of another type (",
               error.what(), "), expected what ecg-lora train writes; restore the file");
  }
}

}  // namespace

int run_report(const fs::path& run, const fs::path& out) {
  const auto file = out.empty() ? run / "report.html" : out;
  write_file(file, page_of(run));
  std::cout << "wrote " << file.string() << "\n";
  return 0;
}

}  // namespace ecg_lora::tools
