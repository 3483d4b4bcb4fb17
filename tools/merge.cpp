// ecg-lora-merge: base plus adapter to a plain checkpoint.
#include <algorithm>
#include <iomanip>
#include <iostream>

#include "ecg_lora/base/command_line.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/lora/merge.h"

int main(int argc, char** argv) {
  using namespace ecg_lora;
  CLI::App app("Adds an adapter to its base, tensor by tensor, and writes a plain Hugging Face checkpoint", "ecg-lora merge");
  std::string base, adapter, out, dtype;
  app.add_option("--base", base, "folder of the base model")->required();
  app.add_option("--adapter", adapter, "PEFT adapter folder")->required();
  app.add_option("--out", out, "folder to write; must not exist")->required();
  app.add_option("--dtype", dtype, "fp32, bf16 or fp16; left out, each tensor keeps its own");
  app.footer("Example: ecg-lora merge --base Llama-3.2-11B-Vision-Instruct --adapter runs/a/adapter --out merged");
  return guarded([&]() -> int {
    if (const auto code = parse_command_line(app, argc, argv)) return *code;
    watch_interrupts();
    auto report = lora::merge(base, adapter, out, dtype);
    std::sort(report.changes.begin(), report.changes.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    std::cout << "merged " << report.merged << " of " << report.tensors << " tensors, " << report.bytes << " bytes, to " << out << "\nlargest changes, relative to the weight's norm:\n";
    for (std::size_t i = 0; i < report.changes.size() && i < 5; ++i)
      std::cout << "  " << std::scientific << std::setprecision(2) << report.changes[i].second << "  " << report.changes[i].first << "\n";
    return 0;
  });
}
