// ecg-lora prepare wording: the words of questions, listed, checked, and written to be edited.
#include <iostream>
#include <memory>

#include "commands.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/ecg/ptbxl/wording.h"

namespace {

using namespace ecg_lora;

struct WordingRecipe {
  std::string wording, statements, out;
};

void run_wording(const WordingRecipe& recipe) {
  std::vector<ptbxl::Statement> statements;
  if (!recipe.statements.empty()) statements = ptbxl::load_statements(recipe.statements);
  const auto wording = ptbxl::Wording::load(recipe.wording, statements);
  if (!recipe.out.empty()) write_json(recipe.out, ptbxl::wording_json(wording));
  std::cout << ptbxl::wording_table(wording) << "\n"
            << wording.tag() << " (SHA-256 " << wording.sha256() << ")\n";
}

}  // namespace

void add_wording_command(CLI::App& app) {
  auto recipe = std::make_shared<WordingRecipe>();
  CLI::App* command = app.add_subcommand(
      "wording", "The words in which models are asked for labels, and those of a file of your own");
  command->add_option("--wording", recipe->wording,
                      "JSON file to check and list; without, the words of the program");
  command->add_option("--statements", recipe->statements,
                      "scp_statements.csv whose codes the file may name besides PTB-XL's");
  command->add_option("--out", recipe->out, "JSON to write: all words, to be edited");
  command->footer("Example: ecg-lora prepare wording --out my-words.json");
  command->callback([recipe] { run_wording(*recipe); });
}
