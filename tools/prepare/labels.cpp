// ecg-lora prepare labels: a label set of a PTB-XL folder, counted and written.
#include <iostream>
#include <memory>

#include "commands.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/ecg/ptbxl/label_counts.h"

namespace {

using namespace ecg_lora;

struct LabelsRecipe {
  std::string root, set = "superclass", csv, json, wording;
  double minimum_likelihood = 0;
};

void run_labels(const LabelsRecipe& recipe) {
  const ptbxl::Database database = ptbxl::load_database(recipe.root);
  const auto wording = ptbxl::Wording::load(recipe.wording, database.statements);
  const ptbxl::LabelSet set(database, recipe.set, recipe.minimum_likelihood, wording);
  set.words().log_notices();
  const ptbxl::LabelCounts counts = ptbxl::count_labels(database, set, recipe.minimum_likelihood);
  if (!recipe.csv.empty()) write_file(recipe.csv, ptbxl::label_csv(database, set));
  if (!recipe.json.empty()) write_json(recipe.json, ptbxl::to_json(counts));
  std::cout << ptbxl::to_text(counts);
}

}  // namespace

void add_labels_command(CLI::App& app) {
  auto recipe = std::make_shared<LabelsRecipe>();
  CLI::App* command = app.add_subcommand(
      "labels", "Label sets of a PTB-XL folder: counts by fold, and the labels of each record");
  command->add_option("--root", recipe->root, "Folder in PTB-XL's layout")->required();
  command
      ->add_option(
          "--set", recipe->set,
          "all, diagnostic, subclass, superclass, form, rhythm, or SCP codes separated by commas")
      ->capture_default_str();
  command
      ->add_option("--minimum-likelihood", recipe->minimum_likelihood,
                   "Leave out statements with a stated likelihood below this, percent")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  command->add_option("--csv", recipe->csv,
                      "CSV to write: a line per record that has a label, a column per label");
  command->add_option("--json", recipe->json, "JSON to write: the counts");
  command->add_option(
      "--wording", recipe->wording,
      "JSON file with words for labels, which --json gives; without, the program's");
  command->footer("Example: ecg-lora prepare labels --root PTBXL --set rhythm --csv rhythm.csv");
  command->callback([recipe] { run_labels(*recipe); });
}
