#include <iostream>
#include <memory>
#include <string>

#include "commands.h"
#include "ecg_lora/config/fields.h"
#include "ecg_lora/model/tiny/tiny_model.h"

namespace {

struct Options {
  std::string out, size = "tiny", shape, dtype = "fp32";
  std::uint64_t seed = 1;
};

void run(const Options& options) {
  using namespace ecg_lora;
  const auto shape = options.shape.empty() ? tiny::model_shape(options.size)
                                           : config::load<tiny::ModelShape>(options.shape);
  tiny::write_model(options.out, shape, options.seed, options.dtype);
  std::cout << "wrote a random model to " << options.out << "\n";
}

}  // namespace

void add_model_command(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "model",
      "a small Mllama with random weights and a sentencepiece tokenizer, in Hugging Face's layout");
  command->add_option("--out", options->out, "folder to write; must not exist")->required();
  command->add_option("--seed", options->seed, "seed of the weights")->capture_default_str();
  command->add_option("--dtype", options->dtype, "fp32, bf16 or fp16")->capture_default_str();
  auto* size =
      command->add_option("--size", options->size, "tiny (6 million parameters), 40m or 300m")
          ->capture_default_str();
  command
      ->add_option("--shape", options->shape,
                   "JSON with the fields of the shape that differ from tiny's")
      ->excludes(size);
  command->footer(
      "Example: ecg-lora synth model --out demo/model --seed 1\n\nFields of --shape:\n" +
      ecg_lora::config::help<ecg_lora::tiny::ModelShape>());
  command->callback([options] { run(*options); });
}
