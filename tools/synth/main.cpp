#include "commands.h"

#include "command.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/command_line/command_line.h"

int main(int argc, char** argv) {
  CLI::App app{ecg_lora::tools::kCommandDescription, ecg_lora::tools::kCommandName};
  app.require_subcommand(1);
  app.footer("Example: ecg-lora synth data --out demo/data --preset conditions --seed 1");
  add_data_command(app);
  add_model_command(app);
  return ecg_lora::guarded([&] {
    ecg_lora::watch_interrupts();
    return ecg_lora::parse_command_line(app, argc, argv).value_or(0);
  });
}
