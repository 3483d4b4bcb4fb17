// ecg-lora prepare wording: the words of questions, listed, checked, and written to be edited.
#include <iostream>
#include <memory>

#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/ptbxl/wording.h"
#include "prepare.h"

namespace {

using namespace ecg_lora;

struct Arguments {
  std::string wording, statements, out;
};

void run(const Arguments& arguments) {
  std::vector<ptbxl::Statement> statements;
  if (!arguments.statements.empty()) statements = ptbxl::load_statements(arguments.statements);
  const auto wording = ptbxl::Wording::load(arguments.wording, statements);
  if (!arguments.out.empty()) write_json(arguments.out, ptbxl::wording_json(wording));
  std::cout << ptbxl::wording_table(wording) << "\n"
            << wording.tag() << " (SHA-256 " << wording.sha256() << ")\n";
}

}  // namespace

void add_wording_command(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "wording", "The words in which models are asked for labels, and those of a file of your own");
  command->add_option("--wording", arguments->wording,
                      "JSON file to check and list; without, the words of the program");
  command->add_option("--statements", arguments->statements,
                      "scp_statements.csv whose codes the file may name besides PTB-XL's");
  command->add_option("--out", arguments->out, "JSON to write: all words, to be edited");
  command->footer("Example: ecg-lora prepare wording --out my-words.json");
  command->callback([arguments] { run(*arguments); });
}
