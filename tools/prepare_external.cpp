// ecg-lora prepare external: recordings of another data set, with its labels in PTB-XL's terms.
#include <iostream>
#include <memory>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/hash.h"
#include "ecg_lora/sources/label_map.h"
#include "ecg_lora/sources/snomed.h"
#include "prepare.h"

namespace {

using namespace ecg_lora;

struct Arguments {
  std::string folder, kind = "auto", map, statements, out, write_map;
  bool skip_damaged = false;
  std::uint64_t seed = 1;
};

void print(const sources::MappedCollection& mapped, const std::string& out,
           const std::string& folder) {
  std::cout << mapped.records.size() << " recordings\n";
  for (const auto& [site, labels] : mapped.labels_of_site) {
    std::cout << "site " << site << ": " << labels.size() << " labels:";
    for (const auto& [label, records] : labels) std::cout << " " << label << " " << records;
    std::cout << "\n";
  }
  if (mapped.without_waveform > 0)
    std::cout << mapped.without_waveform << " items are pictures, no recordings, and left out\n";
  if (!mapped.unknown_codes.empty())
    std::cout << mapped.unknown_codes.size() << " codes that the map has nowhere:\n";
  for (const auto& [code, records] : mapped.unknown_codes) {
    const auto* term = sources::snomed_term(code);
    std::cout << "  " << code << (term ? " " + std::string(term->name) : "") << ": " << records
              << " recordings\n";
  }
  std::cout << "wrote " << out << "; to read it: --set data.root=" << out
            << " 'data.recording_roots=[\"" << folder << "\"]'\n";
}

void run(const Arguments& arguments) {
  const auto statements = ptbxl::load_statements(arguments.statements);
  const auto map = arguments.map.empty() ? sources::default_label_map(statements)
                                         : sources::read_label_map(arguments.map, statements);
  if (!arguments.write_map.empty()) write_json(arguments.write_map, sources::to_json(map));
  if (std::filesystem::exists(arguments.out))
    throw_usage("--out ", arguments.out,
                " exists already, expected a new folder; choose another or remove it");
  sources::OpenOptions options;
  options.kind = sources::kind_of(arguments.kind), options.skip_damaged = arguments.skip_damaged,
  options.seed = arguments.seed;
  const auto collection = sources::open_collection(arguments.folder, options);
  const auto mapped = sources::map_labels(*collection, map);
  sources::write_external(arguments.out, mapped, map, arguments.statements,
                          {{"source", collection->description()},
                           {"map", arguments.map.empty() ? "default" : arguments.map},
                           {"statements_sha256", sha256_file(arguments.statements)},
                           {"notes", collection->notes()}});
  print(mapped, arguments.out, arguments.folder);
}

}  // namespace

void add_external_command(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      app.add_subcommand("external",
                         "Recordings of another data set as a folder that train and eval read: its "
                         "labels in PTB-XL's terms, its sites apart");
  command
      ->add_option("--folder", arguments->folder,
                   "Recordings with SNOMED labels in their headers, or a data set with SCP codes")
      ->required();
  command
      ->add_option("--statements", arguments->statements,
                   "scp_statements.csv of PTB-XL, which says how labels are worded")
      ->required();
  command->add_option("--out", arguments->out, "New folder to write: tables, no recordings")
      ->required();
  command->add_option("--map", arguments->map,
                      "Label map: JSON {\"AFIB\": [\"164889003\"], …}; without, the one that comes "
                      "with the program");
  command->add_option("--write-map", arguments->write_map,
                      "File to write the map to, to be edited");
  command->add_option("--kind", arguments->kind, "auto, challenge, ptbxl, mimic or wfdb")
      ->capture_default_str();
  command->add_option("--seed", arguments->seed, "Of the folds by hash")->capture_default_str();
  command->add_flag("--skip-damaged", arguments->skip_damaged,
                    "List headers that cannot be read instead of stopping");
  command->footer(
      "Example: ecg-lora prepare external --folder challenge-2021/training --statements "
      "ptb-xl/scp_statements.csv --out runs/challenge");
  command->callback([arguments] { run(*arguments); });
}
