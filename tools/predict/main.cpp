// ecg-lora-predict: questions and labels on pages.
#include "command.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/command_line/command_line.h"
#include "ecg_lora/model/shape/vision_states_option.h"
#include "predict/recipe.h"

namespace {

using ecg_lora::tools::PredictRecipe;

void add_questions(CLI::App& app, PredictRecipe& recipe) {
  app.add_option("--model", recipe.model.base, "model folder")->required();
  app.add_option("--adapter", recipe.model.adapter, "PEFT adapter folder");
  app.add_option("--image", recipe.images, "pictures of pages (PNG, JPEG, WebP, BMP)");
  app.add_option("--record", recipe.records,
                 "WFDB records, without extension; their pages are drawn");
  app.add_option("--question", recipe.questions.questions, "questions, answered in words");
  app.add_option("--labels", recipe.questions.labels,
                 "labels, answered with P(yes) each: a file (name, tab, description a line), or a "
                 "label set such as superclass or AFIB,STACH");
  app.add_option(
      "--data", recipe.questions.data,
      "folder in PTB-XL's layout whose tables name the labels of a set; superclass needs none");
  app.add_option("--wording", recipe.questions.wording,
                 "JSON file with words for the labels of a set, and the question around them "
                 "(docs/users/wording.md); without, the program's own");
  app.add_flag("--probabilities", recipe.probabilities, "P(yes) of the questions as well");
  app.add_option("--format", recipe.format, "text, or json: an object a line")
      ->capture_default_str()
      ->check(CLI::IsMember({"text", "json"}));
}

void add_decoding(CLI::App& app, ecg_lora::decoding::DecodeOptions& decoding) {
  app.add_option("--max-new-tokens", decoding.max_new_tokens, "longest answer, tokens")
      ->capture_default_str()
      ->check(CLI::Range(1, 100000));
  app.add_option("--temperature", decoding.temperature, "of sampling; 0 takes the likeliest token")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 100.0));
  app.add_option("--top-k", decoding.top_k, "number of likeliest tokens to sample from; 0 for all")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  app.add_option("--top-p", decoding.top_p,
                 "sample from the likeliest tokens that reach this probability together")
      ->capture_default_str()
      ->check(CLI::Range(1e-6, 1.0));
  app.add_option("--seed", decoding.seed, "of sampling")->capture_default_str();
}

void add_compute(CLI::App& app, PredictRecipe& recipe) {
  auto& compute = recipe.model.compute;
  app.add_option("--device", compute.device, "auto, cpu or cuda")->capture_default_str();
  app.add_option("--dtype", compute.dtype,
                 "of the weights: auto (as the checkpoint stores them), fp32, bf16 or fp16")
      ->capture_default_str();
  app.add_option("--base-quantisation", compute.base_quantisation, "none, nf4 or int8")
      ->capture_default_str();
  app.add_flag("--force", recipe.force, "go on if the model will not fit into memory");
  ecg_lora::model::add_vision_states(app, recipe.model.vision_states);
  app.add_option("--quantised-cache", compute.quantised_cache,
                 "folder that keeps the codes of quantised bases for the next load");
}

}  // namespace

int main(int argc, char** argv) {
  using namespace ecg_lora;
  CLI::App app(cat(tools::kCommandDescription,
                   "\nFor research, not a medical device: whether a page is an ECG, and legible, "
                   "is not judged."),
               tools::kCommandName);
  PredictRecipe recipe;
  add_questions(app, recipe);
  add_decoding(app, recipe.decoding);
  add_compute(app, recipe);
  app.footer(
      "Examples: ecg-lora predict --model runs/quickstart/merged --record "
      "runs/quickstart/data/records100/00000/00001_lr \\\n"
      "            --question \"Does this ECG show atrial fibrillation?\" --probabilities\n"
      "          ecg-lora predict --model MODEL --adapter ADAPTER --image a.png b.png --labels "
      "superclass --format json\n"
      "          ecg-lora predict --model MODEL --image a.png --question \"What does this ECG "
      "show?\" --temperature 0.7 --top-p 0.9 --seed 3");
  return guarded([&]() -> int {
    if (const auto code = parse_command_line(app, argc, argv)) return *code;
    return tools::run_predict(recipe);
  });
}
