// ecg-lora-extract: a low-rank adapter from the difference of two checkpoints.
#include <algorithm>
#include <iomanip>
#include <iostream>

#include "command.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/command_line/command_line.h"
#include "ecg_lora/lora/extract.h"
#include "ecg_lora/model/check/check_checkpoint.h"
#include "ecg_lora/model/shape/vision_states_option.h"
#include "ecg_lora/plan/inference/memory_check.h"
#include "ecg_lora/plan/inference/merge_memory.h"

namespace {

/// The linears that lost most first.
void print(ecg_lora::lora::ExtractReport report, const std::string& out) {
  auto& modules = report.modules;
  std::sort(modules.begin(), modules.end(),
            [](const auto& a, const auto& b) { return a.kept < b.kept; });
  std::cout << "extracted " << modules.size() << " linears to " << out
            << "\nleast kept of the change, as a share of its square:\n"
            << std::fixed << std::setprecision(6);
  for (std::size_t i = 0; i < modules.size() && i < 5; ++i)
    std::cout << "  " << modules[i].kept << "  " << modules[i].module << "\n";
  for (const auto& other : report.others) std::cout << "left out: " << other << "\n";
}

}  // namespace

int main(int argc, char** argv) {
  using namespace ecg_lora;
  CLI::App app(tools::kCommandDescription, tools::kCommandName);
  std::string base, tuned, out, vision_states = "auto";
  lora::ExtractOptions options;
  bool force = false;
  app.add_option("--base", base, "folder of the base model")->required();
  app.add_option("--tuned", tuned, "folder of the fine-tuned model, of the same shape")->required();
  app.add_option("--out", out, "adapter folder to write; must not exist")->required();
  app.add_option("--rank", options.rank, "largest rank")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  app.add_option("--peft-naming", options.peft_naming, "new (transformers from 4.52) or old")
      ->check(CLI::IsMember({"new", "old"}))
      ->capture_default_str();
  model::add_vision_states(app, vision_states);
  app.add_flag("--ignore-others", options.ignore_others,
               "leave out changes of norms, biases and embeddings, which an adapter cannot hold");
  app.add_flag("--force", force, "go on if the extraction will not fit into memory");
  app.footer(
      "Example: ecg-lora extract --base Llama-3.2-11B-Vision-Instruct --tuned tuned --rank 64 "
      "--out adapter");
  return guarded([&]() -> int {
    if (const auto code = parse_command_line(app, argc, argv)) return *code;
    watch_interrupts();
    options.states = model::chosen_vision_states(vision_states);
    for (const auto* folder : {&base, &tuned}) model::check_checkpoint(*folder);
    plan::require_memory("extracting from " + tuned,
                         plan::extract_memory(base, tuned, options.rank), {},
                         plan::available_memory(/*cuda=*/false), force);
    print(lora::extract(base, tuned, out, options), out);
    return 0;
  });
}
