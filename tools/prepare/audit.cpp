// ecg-lora prepare audit: are patients, records or traces shared between splits or data sets?
#include <iostream>
#include <memory>

#include "commands.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/ecg/leakage/audit.h"

namespace {

using namespace ecg_lora;

struct AuditRecipe : leakage::AuditOptions {
  std::vector<std::string> roots;
  std::string kind = "auto", out;
};

void run_audit(AuditRecipe recipe) {
  recipe.open.kind = collections::parse_collection_kind(recipe.kind);
  const auto report = leakage::audit_folders(recipe.roots, recipe);
  if (!recipe.out.empty()) write_json(recipe.out, leakage::to_json(report));
  std::cout << leakage::to_text(report) << std::flush;
  if (report.leaks())
    throw_data(
        "the parts share patients, records or traces, listed in the report; separate them before "
        "training");
  std::cout << "no leak was found in what was compared\n";
}

void add_sources(CLI::App* command, AuditRecipe& recipe) {
  command
      ->add_option("--root", recipe.roots,
                   "Folder of recordings or pages; several are held against each other")
      ->required();
  command->add_option(
      "--recordings", recipe.open.recording_folders,
      "Folders outside of --root that its table may name, as that of prepare external does");
  command->add_option("--kind", recipe.kind, "auto, ptbxl, mimic, challenge, wfdb or images")
      ->capture_default_str();
  command->add_option("--splits", recipe.splits, "Of one folder: parts by fold")
      ->capture_default_str();
  command->add_option("--seed", recipe.open.seed, "Of folds by hash, if the data set has none")
      ->capture_default_str();
}

void add_traces(CLI::App* command, AuditRecipe& recipe) {
  command->add_flag("--traces", recipe.traces,
                    "Compare the traces as well, and image files byte by byte");
  command->add_flag("--within", recipe.within, "Count near-identical traces of one part, too");
  command
      ->add_option("--correlation", recipe.trace.correlation,
                   "Least correlation of near-identical traces")
      ->check(CLI::Range(0.9, 1.0))
      ->capture_default_str();
  command
      ->add_option("--overlap", recipe.trace.overlap_s, "Least overlap of near-identical traces, s")
      ->check(CLI::Range(3.0, 1000.0))
      ->capture_default_str();
  command
      ->add_option("--sampling-rate", recipe.open.sampling_rate,
                   "100 or 500 Hz, of a PTB-XL folder")
      ->capture_default_str();
  command->add_option("--threads", recipe.trace.threads, "Threads that read traces; 0: all cores")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
}

}  // namespace

void add_audit_command(CLI::App& app) {
  auto recipe = std::make_shared<AuditRecipe>();
  CLI::App* command = app.add_subcommand(
      "audit", "Patients, records or near-identical traces shared between splits or data sets");
  add_sources(command, *recipe);
  add_traces(command, *recipe);
  command->add_option("--out", recipe->out, "JSON to write, with every finding");
  command->footer(
      "Exits with 3 if something is shared.\nExample: ecg-lora prepare audit --root PTBXL "
      "--root CHALLENGE --traces --out audit.json");
  command->callback([recipe] { run_audit(*recipe); });
}
