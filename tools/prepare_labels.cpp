// ecg-lora prepare labels: a label set of a PTB-XL folder, counted and written.
#include <iostream>
#include <memory>

#include "ecg_lora/base/file.h"
#include "ecg_lora/ptbxl/label_counts.h"
#include "prepare.h"
#include "wording_use.h"

namespace {

using namespace ecg_lora;

struct Arguments {
  std::string root, set = "superclass", csv, json, wording;
  double minimum_likelihood = 0;
};

void run(const Arguments& arguments) {
  const ptbxl::Database database = ptbxl::load_database(arguments.root);
  const auto wording = ptbxl::Wording::load(arguments.wording, database.statements);
  const ptbxl::LabelSet set(database, arguments.set, arguments.minimum_likelihood, wording);
  tools::tell_of(set.words());
  const ptbxl::LabelCounts counts =
      ptbxl::count_labels(database, set, arguments.minimum_likelihood);
  if (!arguments.csv.empty()) write_file(arguments.csv, ptbxl::label_csv(database, set));
  if (!arguments.json.empty()) write_json(arguments.json, ptbxl::to_json(counts));
  std::cout << ptbxl::to_text(counts);
}

}  // namespace

void add_labels_command(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "labels", "Label sets of a PTB-XL folder: counts by fold, and the labels of each record");
  command->add_option("--root", arguments->root, "Folder in PTB-XL's layout")->required();
  command
      ->add_option(
          "--set", arguments->set,
          "all, diagnostic, subclass, superclass, form, rhythm, or SCP codes separated by commas")
      ->capture_default_str();
  command
      ->add_option("--minimum-likelihood", arguments->minimum_likelihood,
                   "Leave out statements with a stated likelihood below this, percent")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  command->add_option("--csv", arguments->csv,
                      "CSV to write: a line a record that has a label, a column a label");
  command->add_option("--json", arguments->json, "JSON to write: the counts");
  command->add_option(
      "--wording", arguments->wording,
      "JSON file with words for labels, which --json gives; without, the program's");
  command->footer("Example: ecg-lora prepare labels --root PTBXL --set rhythm --csv rhythm.csv");
  command->callback([arguments] { run(*arguments); });
}
