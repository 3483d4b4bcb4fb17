// ecg-lora prepare external: recordings of another data set, with its labels in PTB-XL's terms.
#include <iostream>
#include <memory>

#include "commands.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/hash.h"
#include "ecg_lora/ecg/collections/label_map.h"

namespace {

using namespace ecg_lora;

struct ExternalRecipe {
  std::string folder, kind = "auto", map, statements, out, write_map;
  bool skip_damaged = false;
  std::uint64_t seed = 1;
};

void run_external(const ExternalRecipe& recipe) {
  const auto statements = ptbxl::load_statements(recipe.statements);
  const auto map = recipe.map.empty() ? collections::default_label_map(statements)
                                      : collections::read_label_map(recipe.map, statements);
  if (!recipe.write_map.empty()) write_json(recipe.write_map, collections::to_json(map));
  if (std::filesystem::exists(recipe.out))
    throw_usage("--out ", recipe.out,
                " exists already, expected a new folder; choose another or remove it");
  collections::OpenOptions options;
  options.kind = collections::parse_collection_kind(recipe.kind);
  options.skip_damaged = recipe.skip_damaged;
  options.seed = recipe.seed;
  const auto collection = collections::open_collection(recipe.folder, options);
  const auto mapped = collections::map_labels(*collection, map);
  collections::write_external(recipe.out, mapped, map, recipe.statements,
                              {{"source", collection->description()},
                               {"map", recipe.map.empty() ? "default" : recipe.map},
                               {"statements_sha256", sha256_file(recipe.statements)},
                               {"notices", collection->notices()}});
  std::cout << collections::to_text(mapped) << "wrote " << recipe.out
            << "; to read it: --set data.root=" << recipe.out << " 'data.recording_roots=[\""
            << recipe.folder << "\"]'\n";
}

}  // namespace

void add_external_command(CLI::App& app) {
  auto recipe = std::make_shared<ExternalRecipe>();
  CLI::App* command =
      app.add_subcommand("external",
                         "Recordings of another data set as a folder that train and eval read: its "
                         "labels in PTB-XL's terms, its sites apart");
  command
      ->add_option("--folder", recipe->folder,
                   "Recordings with SNOMED labels in their headers, or a data set with SCP codes")
      ->required();
  command
      ->add_option("--statements", recipe->statements,
                   "scp_statements.csv of PTB-XL, which says how labels are worded")
      ->required();
  command->add_option("--out", recipe->out, "New folder to write: tables, no recordings")
      ->required();
  command->add_option("--map", recipe->map,
                      "Label map: JSON {\"AFIB\": [\"164889003\"], …}; without, the one that comes "
                      "with the program");
  command->add_option("--write-map", recipe->write_map, "File to write the map to, to be edited");
  command->add_option("--kind", recipe->kind, "auto, challenge, ptbxl, mimic or wfdb")
      ->capture_default_str();
  command->add_option("--seed", recipe->seed, "Of the folds by hash")->capture_default_str();
  command->add_flag("--skip-damaged", recipe->skip_damaged,
                    "List headers that cannot be read instead of stopping");
  command->footer(
      "Example: ecg-lora prepare external --folder challenge-2021/training --statements "
      "ptb-xl/scp_statements.csv --out runs/challenge");
  command->callback([recipe] { run_external(*recipe); });
}
