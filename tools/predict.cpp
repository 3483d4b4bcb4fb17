// ecg-lora-predict: one question on one page.
#include <iomanip>
#include <iostream>
#include <limits>

#include "ecg_lora/base/command_line.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/generate/decode.h"
#include "ecg_lora/generate/likelihood.h"
#include "ecg_lora/lora/lora.h"
#include "prompt_source.h"

namespace {

using namespace ecg_lora;

struct Options {
  std::string model, adapter, image, record, question;
  bool probabilities = false;
  std::int64_t max_tokens = 128;
  tools::ComputeConfig compute;
};

data::PageRef page(const Options& options) {
  if (options.image.empty() == options.record.empty()) throw_usage("expected one of --image and --record, got ", options.image.empty() ? "none" : "both", "; give one");
  const bool recording = options.image.empty();
  return {recording, recording ? options.record : options.image, {}, {}};
}

int run(const Options& options) {
  const data::Sample sample{{{"user", options.question, 1}}, {page(options)}, 0, "the question"};
  const std::shared_ptr<const text::Tokenizer> tokenizer = text::load_tokenizer(options.model);
  const data::PageMaker pages({}, data::load_image_config(options.model));
  auto model = tools::load_base(options.model, options.compute);
  if (!options.adapter.empty()) lora::load_adapter(model, options.adapter);
  model->eval();
  const auto& shape = model->config();
  data::BatchConfig config;
  config.max_tokens = std::numeric_limits<int>::max();
  const data::BatchMaker maker(tokenizer, pages, config, shape.pad_token_id);
  const auto batch = maker.make_prompts({sample}, 0).to(model->device(), model->dtype());
  generate::DecodeOptions decoding;
  decoding.most = options.max_tokens;
  decoding.stops = generate::load_stops(options.model, shape, *tokenizer);
  std::cout << tokenizer->decode(generate::decode(model, batch, decoding).front().tokens) << "\n";
  if (options.probabilities)
    std::cout << "P(yes) " << std::fixed << std::setprecision(4) << generate::yes_probabilities(model, batch, generate::yes_no_variants(*tokenizer)).front() << "\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Answers one question about one ECG", "ecg-lora predict");
  Options options;
  app.add_option("--model", options.model, "model folder")->required();
  app.add_option("--adapter", options.adapter, "PEFT adapter folder");
  app.add_option("--image", options.image, "picture of a page (PNG, JPEG)");
  app.add_option("--record", options.record, "WFDB record, without extension; its page is drawn");
  app.add_option("--question", options.question, "the question")->required();
  app.add_flag("--probabilities", options.probabilities, "print the probability of yes as well");
  app.add_option("--max-tokens", options.max_tokens, "longest answer, tokens")->capture_default_str()->check(CLI::Range(1, 100000));
  app.add_option("--device", options.compute.device, "auto, cpu or cuda")->capture_default_str();
  app.add_option("--dtype", options.compute.dtype, "fp32, bf16 or fp16")->capture_default_str();
  app.footer("Example: ecg-lora predict --model runs/quickstart/merged --record runs/quickstart/data/records100/00000/00001_lr \\\n"
             "           --question \"Does this ECG show atrial fibrillation?\" --probabilities");
  return guarded([&]() -> int {
    if (const auto code = parse_command_line(app, argc, argv)) return *code;
    return run(options);
  });
}
