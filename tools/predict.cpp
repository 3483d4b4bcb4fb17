// ecg-lora-predict: questions and labels on pages.
#include <iomanip>
#include <iostream>
#include <limits>
#include <optional>

#include "ecg_lora/base/command_line.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/base/json_text.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/output.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/generate/decode.h"
#include "ecg_lora/generate/likelihood.h"
#include "ecg_lora/lora/lora.h"
#include "ecg_lora/model/check_checkpoint.h"
#include "ecg_lora/text/chat_format.h"
#include "label_list.h"
#include "prompt_source.h"
#include "wording_use.h"

namespace {

using namespace ecg_lora;

struct Options {
  std::string model, adapter, labels, data, wording, format = "text";
  std::vector<std::string> images, records, questions;
  bool probabilities = false;
  generate::DecodeOptions decoding;
  tools::ComputeConfig compute;
};

std::vector<data::PageRef> pages_of(const Options& options) {
  std::vector<data::PageRef> pages;
  for (const auto& image : options.images) pages.push_back({false, image, {}});
  for (const auto& record : options.records) pages.push_back({true, record, {}});
  if (pages.empty()) throw_usage("expected --image or --record, got none; name at least one");
  return pages;
}

/// One question on one page, and what came of it.
struct Answer {
  std::string label, description, question;  ///< label and description are empty where the question was given
  std::optional<double> p_yes;
  std::optional<generate::Decoded> decoded;
  std::string text;
  std::string wording = {};  ///< whose words ask for the label; empty if a question or a file does
};

/// What is asked about every page: the labels, then the questions.
std::vector<Answer> asked(const Options& options) {
  if (options.questions.empty() && options.labels.empty()) throw_usage("expected --question or --labels, got neither; give at least one");
  std::vector<Answer> result;
  if (!options.labels.empty()) {
    const auto set = tools::load_labels(options.labels, options.data, options.wording);
    for (const auto* folder : {&options.adapter, &options.model})
      tools::warn_of_other_words(*folder, set.wording);
    for (const auto& label : set.labels)
      result.push_back({label.name,
                        label.description,
                        set.wording.question(label.words),
                        {},
                        {},
                        {},
                        set.of_file ? "" : set.wording.tag()});
  } else if (!options.wording.empty()) {
    throw_usage("--wording ", options.wording,
                " is for --labels, which are not given; leave it out");
  }
  for (const auto& question : options.questions)
    if (question.find_first_not_of(" \t\r\n") == std::string::npos) throw_usage("--question is empty, expected words; give a question or leave it out");
  for (const auto& question : options.questions) result.push_back({{}, {}, question, {}, {}, {}});
  return result;
}

class Predictor {
 public:
  explicit Predictor(const Options& options)
      : options_(options),
        chat_(text::load_chat_format(options.model)),
        pages_({}, data::load_image_config(options.model)),
        model_(tools::load_base(options.model, options.compute)) {
    if (!options.adapter.empty()) {
      lora::load_adapter(model_, options.adapter);
      text::check_adapter_layout(chat_.layout, options.adapter);
    }
    model_->eval();
    options_.decoding.stops =
        generate::load_stops(model_->config(), *chat_.tokenizer);
  }

  /// Answers on one page: its image is encoded once, what the prompts share is computed once.
  void answer(const data::PageRef& page, std::vector<Answer>& answers) {
    const at::NoGradGuard guard;
    data::BatchConfig config;
    config.max_tokens = std::numeric_limits<int>::max();
    const data::BatchMaker maker(chat_, pages_, config, model_->config().pad_token_id);
    std::vector<data::Sample> likely, spoken;
    std::vector<Answer*> of_likely, of_spoken;
    for (auto& one : answers) {
      const data::Sample sample{{{"user", one.question, 1}}, {page}, 0, "the question '" + one.question + "'"};
      if (options_.probabilities || !one.label.empty()) likely.push_back(sample), of_likely.push_back(&one);
      if (one.label.empty()) spoken.push_back(sample), of_spoken.push_back(&one);
    }
    at::Tensor images;
    const auto make = [&](const std::vector<data::Sample>& samples) {
      const auto batch = maker.make_prompts(samples, 0);
      if (!images.defined()) images = model_->encode_images(batch);
      return batch;
    };
    if (!spoken.empty()) {
      const auto decoded = generate::decode(model_, make(spoken), images, options_.decoding);
      for (std::size_t i = 0; i < decoded.size(); ++i)
        of_spoken[i]->decoded = decoded[i],
        of_spoken[i]->text = chat_.tokenizer->decode(decoded[i].tokens);
    }
    if (likely.empty()) return;
    const auto p = generate::yes_probabilities(model_, make(likely), images,
                                               generate::yes_no_variants(*chat_.tokenizer));
    for (std::size_t i = 0; i < p.size(); ++i) of_likely[i]->p_yes = p[i];
  }

 private:
  Options options_;
  text::ChatFormat chat_;
  data::PageMaker pages_;
  model::Mllama model_;
};

Json line_of(const data::PageRef& page) { return {{page.recording ? "record" : "image", page.path.string()}}; }

void print(const Json& line) {
  std::cout << json_text(line) << "\n";
}

void print_json(const data::PageRef& page, const std::vector<Answer>& answers) {
  for (const auto& one : answers) {
    auto line = line_of(page);
    if (!one.label.empty()) line["label"] = one.label;
    line["question"] = one.question;
    if (!one.wording.empty()) line["wording"] = one.wording;
    if (one.p_yes) line["p_yes"] = *one.p_yes, line["p_yes_is"] = "yes_no_likelihood";
    if (one.decoded) line["answer"] = one.text, line["logprob"] = one.decoded->logprob, line["stopped"] = one.decoded->stopped;
    print(line);
  }
}

void print_text(const data::PageRef& page, const std::vector<Answer>& answers, bool several_pages) {
  if (several_pages) std::cout << "# " << page.path.string() << "\n";
  const bool several = answers.size() > 1;
  std::cout << std::fixed << std::setprecision(4);
  for (const auto& one : answers) {
    if (!one.label.empty()) {
      std::cout << *one.p_yes << "  " << one.label << (one.label == one.description ? "" : "  " + one.description) << "\n";
      continue;
    }
    if (several) std::cout << one.question << "\n";
    std::cout << one.text << "\n";
    if (one.p_yes) std::cout << "P(yes) " << *one.p_yes << "\n";
  }
}

/// A page that cannot be read does not cost the others their answers: it is named as the log comes to it, and the command fails in the end.
int run(const Options& options) {
  const auto pages = pages_of(options);
  model::check_checkpoint(options.model);
  auto answers = asked(options);
  const bool json = options.format == "json";
  Predictor predictor(options);
  Progress progress("answering", static_cast<std::int64_t>(pages.size()), "pages");
  std::size_t unread = 0;
  for (const auto& page : pages) {
    try {
      predictor.answer(page, answers);
      json ? print_json(page, answers) : print_text(page, answers, pages.size() > 1);
    } catch (const Error& error) {
      if (pages.size() == 1 || error.code() != ExitCode::data) throw;
      ++unread;
      log_error(error.what());
      if (auto line = line_of(page); json) line["error"] = error.what(), print(line);
    }
    check_output();
    progress.advance();
  }
  if (unread > 0) throw_data(unread, " of ", pages.size(), " pages have no answer, expected files that can be read; mend those named above or leave them out");
  return 0;
}

void add_options(CLI::App& app, Options& options) {
  app.add_option("--model", options.model, "model folder")->required();
  app.add_option("--adapter", options.adapter, "PEFT adapter folder");
  app.add_option("--image", options.images, "pictures of pages (PNG, JPEG, WebP, BMP)");
  app.add_option("--record", options.records, "WFDB records, without extension; their pages are drawn");
  app.add_option("--question", options.questions, "questions, answered in words");
  app.add_option("--labels", options.labels, "labels, answered with P(yes) each: a file (name, tab, description a line), or a label set such as superclass or AFIB,STACH");
  app.add_option("--data", options.data, "folder in PTB-XL's layout whose tables name the labels of a set; superclass needs none");
  app.add_option("--wording", options.wording,
                 "JSON file with words for the labels of a set, and the question around them "
                 "(docs/wording.md); without, the program's own");
  app.add_flag("--probabilities", options.probabilities, "P(yes) of the questions as well");
  app.add_option("--format", options.format, "text, or json: an object a line")->capture_default_str()->check(CLI::IsMember({"text", "json"}));
  app.add_option("--max-tokens", options.decoding.most, "longest answer, tokens")->capture_default_str()->check(CLI::Range(1, 100000));
  app.add_option("--temperature", options.decoding.temperature, "of sampling; 0 takes the likeliest token")->capture_default_str()->check(CLI::Range(0.0, 100.0));
  app.add_option("--top-k", options.decoding.top_k, "sample from so many likeliest tokens; 0 for all")->capture_default_str()->check(CLI::NonNegativeNumber);
  app.add_option("--top-p", options.decoding.top_p, "sample from the likeliest tokens that reach this probability together")->capture_default_str()->check(CLI::Range(1e-6, 1.0));
  app.add_option("--seed", options.decoding.seed, "of sampling")->capture_default_str();
  app.add_option("--device", options.compute.device, "auto, cpu or cuda")->capture_default_str();
  app.add_option("--dtype", options.compute.dtype, "fp32, bf16 or fp16")->capture_default_str();
  app.add_option("--base-quantisation", options.compute.base_quantisation, "none, nf4 or int8")->capture_default_str();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Answers questions about ECGs, in words or with probabilities. For research, not a medical device: whether a page is an ECG, and legible, is not judged.",
               "ecg-lora predict");
  Options options;
  add_options(app, options);
  app.footer("Examples: ecg-lora predict --model runs/quickstart/merged --record runs/quickstart/data/records100/00000/00001_lr \\\n"
             "            --question \"Does this ECG show atrial fibrillation?\" --probabilities\n"
             "          ecg-lora predict --model MODEL --adapter ADAPTER --image a.png b.png --labels superclass --format json\n"
             "          ecg-lora predict --model MODEL --image a.png --question \"What does this ECG show?\" --temperature 0.7 --top-p 0.9 --seed 3");
  return guarded([&]() -> int {
    if (const auto code = parse_command_line(app, argc, argv)) return *code;
    return run(options);
  });
}
