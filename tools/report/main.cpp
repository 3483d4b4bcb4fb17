// ecg-lora-report: a training run as one HTML page.
#include "command.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/command_line/command_line.h"
#include "recipe.h"

int main(int argc, char** argv) {
  using namespace ecg_lora;
  CLI::App app(tools::kCommandDescription, tools::kCommandName);
  std::string run, out;
  app.add_option("run", run, "run folder of ecg-lora train, finished or not")->required();
  app.add_option("--out", out, "file to write; report.html in the run folder where it is left out");
  app.footer("Example: ecg-lora report runs/quickstart/train");
  return guarded([&]() -> int {
    if (const auto code = parse_command_line(app, argc, argv)) return *code;
    return tools::run_report(run, out);
  });
}
