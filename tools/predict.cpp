// ecg-lora-predict: questions and labels on pages.
#include <iomanip>
#include <iostream>
#include <limits>
#include <optional>
#include <sstream>

#include "base_room.h"
#include "command.h"
#include "ecg_lora/base/command_line.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/base/json_text.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/output.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/generate/decode.h"
#include "ecg_lora/generate/likelihood.h"
#include "ecg_lora/lora/adapter_file.h"
#include "ecg_lora/lora/lora.h"
#include "ecg_lora/text/chat_format.h"
#include "label_list.h"
#include "ranks.h"
#include "recipe.h"
#include "vision_states_option.h"
#include "wording_use.h"

namespace {

using namespace ecg_lora;

struct Options {
  std::string model, adapter, labels, data, wording, format = "text", vision_states = "auto";
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
  std::string label, description,
      question;  ///< label and description are empty where the question was given
  std::optional<double> p_yes;
  std::optional<generate::Decoded> decoded;
  std::string text;
  std::string wording = {};  ///< whose words ask for the label; empty if a question or a file does
};

/// What is asked about every page: the labels, then the questions.
std::vector<Answer> asked(const Options& options) {
  if (options.questions.empty() && options.labels.empty())
    throw_usage("expected --question or --labels, got neither; give at least one");
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
    if (question.find_first_not_of(" \t\r\n") == std::string::npos)
      throw_usage("--question is empty, expected words; give a question or leave it out");
  for (const auto& question : options.questions) result.push_back({{}, {}, question, {}, {}, {}});
  return result;
}

class Predictor {
 public:
  explicit Predictor(const Options& options)
      : options_(options),
        chat_(text::load_chat_format(options.model)),
        pages_({}, data::load_image_config(options.model)),
        model_(tools::load_base(options.model, options.vision_states, options.compute)) {
    if (!options.adapter.empty()) {
      lora::load_adapter(model_, options.adapter);
      text::check_adapter_layout(chat_.layout, options.adapter);
    }
    model_->eval();
    options_.decoding.stops = generate::load_stops(model_->config(), *chat_.tokenizer);
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
      const data::Sample sample{
          {{"user", one.question, 1}}, {page}, 0, "the question '" + one.question + "'"};
      if (options_.probabilities || !one.label.empty())
        likely.push_back(sample), of_likely.push_back(&one);
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

Json line_of(const data::PageRef& page) {
  return {{page.recording ? "record" : "image", page.path.string()}};
}

std::string text_of(const Json& line) {
  return json_text(line) + "\n";
}

std::string json_lines(const data::PageRef& page, const std::vector<Answer>& answers) {
  std::string lines;
  for (const auto& one : answers) {
    auto line = line_of(page);
    if (!one.label.empty()) line["label"] = one.label;
    line["question"] = one.question;
    if (!one.wording.empty()) line["wording"] = one.wording;
    if (one.p_yes) line["p_yes"] = *one.p_yes, line["p_yes_is"] = "yes_no_likelihood";
    if (one.decoded)
      line["answer"] = one.text, line["logprob"] = one.decoded->logprob,
      line["stopped"] = one.decoded->stopped;
    lines += text_of(line);
  }
  return lines;
}

std::string text_lines(const data::PageRef& page, const std::vector<Answer>& answers,
                       bool several_pages) {
  std::ostringstream out;
  if (several_pages) out << "# " << page.path.string() << "\n";
  const bool several = answers.size() > 1;
  out << std::fixed << std::setprecision(4);
  for (const auto& one : answers) {
    if (!one.label.empty()) {
      out << *one.p_yes << "  " << one.label
          << (one.label == one.description ? "" : "  " + one.description) << "\n";
      continue;
    }
    if (several) out << one.question << "\n";
    out << one.text << "\n";
    if (one.p_yes) out << "P(yes) " << *one.p_yes << "\n";
  }
  return out.str();
}

/// What is printed of a page, or why it has no answer.
struct Printed {
  bool unread = false;
  std::string text;

  std::string packed() const { return (unread ? "-" : "+") + text; }
  static Printed unpack(const std::string& packed) { return {packed[0] == '-', packed.substr(1)}; }
};

/// A page that cannot be read does not cost the others their answers: it is named as the log comes
/// to it, and the command fails in the end.
Printed print_page(Predictor& predictor, const data::PageRef& page, std::vector<Answer>& answers,
                   const Options& options, bool several_pages) {
  try {
    predictor.answer(page, answers);
    return {false, options.format == "json" ? json_lines(page, answers)
                                            : text_lines(page, answers, several_pages)};
  } catch (const Error& error) {
    if (!several_pages || error.code() != ExitCode::data) throw;
    return {true, error.what()};
  }
}

void report_unread(const data::PageRef& page, const Printed& printed, const Options& options) {
  log_error(printed.text);
  auto line = line_of(page);
  line["error"] = printed.text;
  if (options.format == "json") std::cout << text_of(line);
}

/// Where nobody reads any more, an Error ends all ranks, with the code of success.
void flush(bool& closed) {
  try {
    check_output();
  } catch (const OutputClosed&) {
    closed = true;
    throw Error(ExitCode::done, "the reader of the answers has left");
  }
}

/// What is asked about a page at a time. A token is taken for three characters.
plan::Prompts prompts_of(const Options& options, const std::vector<Answer>& answers) {
  constexpr std::size_t around = 32;  // tokens of the chat format
  plan::Prompts prompts{1, static_cast<std::int64_t>(answers.size()), 0, 0};
  for (const auto& one : answers) {
    const auto tokens = static_cast<std::int64_t>(around + one.question.size() / 3);
    prompts.tokens = std::max(prompts.tokens, tokens);
    if (one.label.empty()) prompts.new_tokens = options.decoding.most;
  }
  return prompts;
}

/// The ranks share the pages; the first prints all of them in order.
int answer_pages(ranks::Team& team, Options& options) {
  std::vector<data::PageRef> pages;
  std::vector<Answer> answers;
  std::optional<Predictor> predictor;
  team.all([&] {
    pages = pages_of(options);
    tools::check_model(options.model, options.adapter, options.vision_states);
    answers = asked(options);
    require_room("predict", options.compute, options.model, options.adapter,
                 prompts_of(options, answers),
                 {/*config=*/false, /*quantises=*/true, /*batches=*/false});
  });
  // Only when all ranks have looked at the memory does one take of it.
  team.all([&] { predictor.emplace(options); });
  const auto count = static_cast<std::int64_t>(pages.size());
  const auto page = [&](std::int64_t i) { return pages[static_cast<std::size_t>(i)]; };
  Progress progress("answering", count, "pages");
  std::size_t unread = 0;
  const auto work = [&](std::int64_t i) {
    return print_page(*predictor, page(i), answers, options, count > 1).packed();
  };
  bool closed = false;
  const auto keep = [&](std::int64_t i, const std::string& packed) {
    const auto printed = Printed::unpack(packed);
    if (printed.unread)
      ++unread, report_unread(page(i), printed, options);
    else
      std::cout << printed.text;
    flush(closed);
    progress.advance();
  };
  try {
    team.share(0, count, work, keep);
  } catch (const Error&) {
    if (closed) throw OutputClosed{};
    throw;
  }
  team.first_only([&] {
    if (unread > 0)
      throw_data(unread, " of ", pages.size(),
                 " pages have no answer, expected files that can be read; mend those named above "
                 "or leave them out");
  });
  return 0;
}

int run(Options& options) {
  auto team = tools::join_team(options.compute, "pages");
  return team.run([&] { return answer_pages(team, options); });
}

void add_options(CLI::App& app, Options& options) {
  app.add_option("--model", options.model, "model folder")->required();
  app.add_option("--adapter", options.adapter, "PEFT adapter folder");
  app.add_option("--image", options.images, "pictures of pages (PNG, JPEG, WebP, BMP)");
  app.add_option("--record", options.records,
                 "WFDB records, without extension; their pages are drawn");
  app.add_option("--question", options.questions, "questions, answered in words");
  app.add_option("--labels", options.labels,
                 "labels, answered with P(yes) each: a file (name, tab, description a line), or a "
                 "label set such as superclass or AFIB,STACH");
  app.add_option(
      "--data", options.data,
      "folder in PTB-XL's layout whose tables name the labels of a set; superclass needs none");
  app.add_option("--wording", options.wording,
                 "JSON file with words for the labels of a set, and the question around them "
                 "(docs/users/wording.md); without, the program's own");
  app.add_flag("--probabilities", options.probabilities, "P(yes) of the questions as well");
  app.add_option("--format", options.format, "text, or json: an object a line")
      ->capture_default_str()
      ->check(CLI::IsMember({"text", "json"}));
  app.add_option("--max-tokens", options.decoding.most, "longest answer, tokens")
      ->capture_default_str()
      ->check(CLI::Range(1, 100000));
  app.add_option("--temperature", options.decoding.temperature,
                 "of sampling; 0 takes the likeliest token")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 100.0));
  app.add_option("--top-k", options.decoding.top_k,
                 "sample from so many likeliest tokens; 0 for all")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  app.add_option("--top-p", options.decoding.top_p,
                 "sample from the likeliest tokens that reach this probability together")
      ->capture_default_str()
      ->check(CLI::Range(1e-6, 1.0));
  app.add_option("--seed", options.decoding.seed, "of sampling")->capture_default_str();
  app.add_option("--device", options.compute.device, "auto, cpu or cuda")->capture_default_str();
  app.add_option("--dtype", options.compute.dtype,
                 "of the weights: auto (as the checkpoint stores them), fp32, bf16 or fp16")
      ->capture_default_str();
  app.add_option("--base-quantisation", options.compute.base_quantisation, "none, nf4 or int8")
      ->capture_default_str();
  app.add_flag("--force", options.compute.force, "go on if the model will not fit into memory");
  tools::add_vision_states(app, options.vision_states);
  app.add_option("--quantised-cache", options.compute.quantised_cache,
                 "folder that keeps the codes of quantised bases for the next load");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(cat(tools::command_description,
                   "\nFor research, not a medical device: whether a page is an ECG, and legible, "
                   "is not judged."),
               tools::command_name);
  Options options;
  add_options(app, options);
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
    return run(options);
  });
}
