#include "eval_recipe.h"

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/generate/likelihood.h"
#include "ecg_lora/lora/lora.h"
#include "ecg_lora/model/check_checkpoint.h"
#include "ecg_lora/render/page.h"
#include "ecg_lora/text/chat_format.h"
#include "identity.h"
#include "partial_lines.h"
#include "prompt_source.h"
#include "wording_use.h"

namespace ecg_lora::tools {
namespace {

namespace fs = std::filesystem;

/// Records of the validation and test folds; `limit` takes as many evenly spread ones.
std::vector<instruct::Sample> samples_to_ask(const EvalRecipe& recipe, const DataSet& set, int limit) {
  auto folds = recipe.data.valid_folds;
  folds.insert(folds.end(), recipe.data.test_folds.begin(), recipe.data.test_folds.end());
  auto samples = instruct::make_samples(*set.database, *set.labels, folds);
  const auto wanted = static_cast<std::size_t>(limit);
  if (limit == 0 || wanted >= samples.size()) return samples;
  std::vector<instruct::Sample> few;
  for (std::size_t i = 0; i < wanted; ++i) few.push_back(samples[i * samples.size() / wanted]);
  return few;
}

model::Mllama load_adapted(const EvalRecipe& recipe, text::PromptLayout layout) {
  auto model = load_base(recipe.model, recipe.compute);
  if (!recipe.adapter.empty()) {
    const auto report = lora::load_adapter(model, recipe.adapter);
    text::check_adapter_layout(layout, recipe.adapter);
    log_info(cat("adapter ", recipe.adapter, ": ", report.modules.size(), " modules, ", report.trainable, " parameters"));
  }
  model->eval();
  return model;
}

/// One line a question, in the order of the rows of a batch.
std::string lines_of(const DataSet& set, const std::vector<const instruct::Sample*>& samples, const std::vector<double>& probabilities, int limit) {
  std::string lines;
  std::size_t row = 0;
  const auto wording = set.labels->wording().tag();
  for (const auto* sample : samples) {
    const auto& record = set.database->records[static_cast<std::size_t>(sample->index)];
    for (const auto& question : sample->questions)
      lines += score::to_line({record.ecg_id, record.patient_id, record.strat_fold, question.label,
                               question.text, question.positive, probabilities[row++], "", limit,
                               "yes_no_likelihood", wording}) +
               "\n";
  }
  return lines;
}

/// SHA-256 of what a run is made with. Eleven billion parameters take minutes to read: once a run.
struct Provenance {
  Json model, adapter;
};

Provenance provenance(const EvalRecipe& recipe) {
  FileSums sums;
  auto model = model_identity(recipe.model, sums);
  return {std::move(model), recipe.adapter.empty() ? Json() : model_identity(recipe.adapter, sums)};
}

/// All that predictions depend on: the config without what comes after them or changes no byte of
/// them, and the sums of the files that it names.
Json identity(const EvalRecipe& recipe, const EvalOptions& options, const Provenance& made_with,
              const ptbxl::Wording& wording, const std::vector<data::PageRef>& pages) {
  auto config = config::dump(recipe);
  config["data"].erase("wording");  // a path; what counts is what it holds
  for (const char* key : {"output", "resamples", "score"}) config.erase(key);
  config["batch"].erase("workers");
  return {{"limit", options.limit},
          {"model", made_with.model},
          {"adapter", made_with.adapter},
          {"data", table_identity(recipe.data)},
          {"wording", wording.identity()},
          {"pages", page_identity(pages, recipe.compute.threads)},
          {"config", config}};
}

/// Of labels, each record's page.
std::vector<data::PageRef> pages_of(const EvalRecipe& recipe, const DataSet& set,
                                    const std::vector<instruct::Sample>& samples) {
  std::vector<data::PageRef> pages;
  for (const auto& sample : samples) {
    const auto& record = set.database->records[static_cast<std::size_t>(sample.index)];
    pages.push_back(data::record_page(*set.database, record, recipe.data.sampling_rate));
  }
  return pages;
}

/// Batches whose lines are all in `found`. Data error where a line answers another question than its place asks.
std::int64_t answered(const PromptSource& prompts, const DataSet& set, const std::vector<std::string>& found, const fs::path& file) {
  std::size_t line = 0;
  for (std::int64_t i = 0; i < prompts.size(); ++i) {
    const auto samples = prompts.samples(i);
    std::size_t rows = 0;
    for (const auto* sample : samples) rows += sample->questions.size();
    if (line + rows > found.size()) return i;
    for (const auto* sample : samples)
      for (const auto& question : sample->questions) {
        const auto place = cat(file.string(), " line ", line + 2);
        const auto json = parse_json(found[line++], place);
        if (json.value("ecg_id", -1) != set.database->records[static_cast<std::size_t>(sample->index)].ecg_id || json.value("label", "") != question.label || !json.contains("p_yes"))
          throw_data(place, " is not the answer on label ", question.label, " that belongs there; remove the file to begin anew");
      }
  }
  return prompts.size();
}

/// Asks every question that is not answered yet, batch by batch, then writes predictions.jsonl, whole or not at all.
void predict(const EvalRecipe& recipe, const EvalOptions& options, const Provenance& made_with, const fs::path& file) {
  const auto set = load_data(recipe.data, recipe.model);
  for (const auto* folder : {&recipe.adapter, &recipe.model})
    warn_of_other_words(*folder, set.labels->wording());
  auto samples = samples_to_ask(recipe, set, options.limit);
  PartialLines partial(
      partial_of(file),
      identity(recipe, options, made_with, set.labels->wording(), pages_of(recipe, set, samples)),
      options.accept_changes);
  if (fs::exists(file))
    return log_info(file.string() + " is complete; only the scores are left to do");
  auto model = load_adapted(recipe, set.chat.layout);
  const auto variants = generate::yes_no_variants(*set.chat.tokenizer);
  const data::PageMaker pages{recipe.page, set.image, recipe.paper, recipe.seed};
  auto owned = std::make_unique<PromptSource>(set, std::move(samples), recipe.data, pages,
                                              recipe.batch, model->config().pad_token_id);
  const auto* prompts = owned.get();
  const auto done = answered(*prompts, set, partial.found(), partial_of(file));
  partial.keep(prompts->rows_before(done));
  const auto source = data::prefetch(std::move(owned), recipe.batch.workers);
  if (done > 0) log_info(cat(done, " of ", source->size(), " batches were answered before; going on behind them"));
  Progress progress("asking", source->size() - done, "batches");
  for (std::int64_t i = done; i < source->size(); ++i) {
    throw_if_interrupted("the evaluation; the same command goes on from here");
    const auto batch = source->get(0, i);
    partial.append(lines_of(set, prompts->samples(i), generate::yes_probabilities(model, batch, variants), options.limit));
    progress.advance();
  }
  write_file(file, partial.text());
}

std::string discipline(const data::DataConfig& data) {
  const bool standard = fold_text(data.train_folds) == "1-8" && fold_text(data.valid_folds) == "9" && fold_text(data.test_folds) == "10";
  const auto text = "folds " + fold_text(data.train_folds) + " train, " + fold_text(data.valid_folds) + " chooses thresholds, " + fold_text(data.test_folds) + " tests";
  return standard ? text : "NOT the PTB-XL benchmark's split (1-8, 9, 10): " + text;
}

/// PNG of a record's page as the model saw it; empty where its waveform is not there, as where only the tables are.
std::string page_png(const EvalRecipe& recipe, const ptbxl::Database& database, const ptbxl::RecordInfo& record) {
  const auto waveform = database.waveform(record, recipe.data.sampling_rate);
  if (!fs::exists(waveform.string() + ".hea")) return "";
  return render::encode_png(data::PageMaker(recipe.page, {}, recipe.paper, recipe.seed).picture(data::record_page(database, record, recipe.data.sampling_rate), 0));
}

/// What produced the answers: the model, or the file that another left.
Json answer_details(const EvalRecipe& recipe, const EvalOptions& options) {
  Json details{{"config", config::dump(recipe)}};
  for (const char* key : {"model", "adapter"}) details["config"].erase(key);
  details["answers_of"] = options.score_only;
  return details;
}

Json model_details(const EvalRecipe& recipe, const Provenance& made_with) {
  Json details{{"config", config::dump(recipe)}, {"model_sha256", made_with.model}};
  if (!recipe.adapter.empty()) details["adapter_sha256"] = made_with.adapter;
  return details;
}

/// Of the data set, for names that a wording may have; none without its tables.
std::vector<ptbxl::Statement> statements_of(const EvalRecipe& recipe) {
  const auto table = fs::path(recipe.data.root) / "scp_statements.csv";
  if (!fs::exists(table)) return {};
  return ptbxl::load_statements(table);
}

ScoringRun scoring_run(const EvalRecipe& recipe, const EvalOptions& options, const Provenance& made_with, const fs::path& predictions) {
  ScoringRun run;
  run.predictions = predictions;
  run.output = recipe.output;
  run.truth = {recipe.data.root, recipe.data.labels, recipe.data.minimum_likelihood, recipe.data.valid_folds, recipe.data.test_folds, {}, {9}};
  run.truth.validation = recipe.score.validation, run.truth.validation_folds = recipe.score.validation_folds;
  run.truth.recordings = recipe.data.recording_roots;
  run.options = evaluation_options(recipe.score, recipe.resamples, recipe.seed);
  run.subgroups = recipe.score.subgroups;
  if (recipe.score.linear) run.linear = {recipe.data.train_folds, recipe.data.sampling_rate, recipe.score.linear_records};
  run.limit = options.score_only.empty() ? 0 : options.limit;  // what was predicted here is limited already
  run.folds = discipline(recipe.data);
  if (fs::exists(fs::path(recipe.data.root) / "external.json")) run.folds = "an external data set: folds " + fold_text(recipe.data.test_folds) + " test" + (recipe.score.validation.empty() ? ", " + fold_text(recipe.data.valid_folds) + " chooses thresholds" : ", thresholds from " + recipe.score.validation);
  else if (!recipe.score.validation.empty()) run.folds = "NOT the PTB-XL benchmark's split: thresholds from " + recipe.score.validation + "; " + run.folds;
  run.title = "Evaluation of " + (options.score_only.empty() ? recipe.model + (recipe.adapter.empty() ? "" : " with " + recipe.adapter) : options.score_only);
  run.details = options.score_only.empty() ? model_details(recipe, made_with)
                                           : answer_details(recipe, options);
  if (fs::exists(fs::path(recipe.data.root) / "ptbxl_database.csv"))
    run.details["audit"] =
        to_json(audit_folds(std::make_shared<const ptbxl::Database>(ptbxl::load_database(
                                recipe.data.root, recipe.data.recording_roots)),
                            recipe.data));
  run.wording = ptbxl::Wording::load(recipe.data.wording, statements_of(recipe)).identity();
  run.png = [&recipe](const ptbxl::Database& database, const ptbxl::RecordInfo& record) { return page_png(recipe, database, record); };
  return run;
}

/// An output may hold what a run left that was killed, and nothing that one has finished.
void refuse_existing(const fs::path& output) {
  if (fs::exists(partial_of(output / "predictions.jsonl"))) return;
  for (const char* name : {"predictions.jsonl", "scores.json"})
    if (fs::exists(output / name)) throw_usage("output ", output.string(), " holds ", name, " already, expected a new folder; choose another or remove it");
}

}  // namespace

int run_eval(const EvalRecipe& recipe, const EvalOptions& options) {
  watch_interrupts();
  if (recipe.batch.too_long != "stop") throw_usage("batch.too_long is ", recipe.batch.too_long, ", expected stop: a question that is left out or cut has no answer to score; raise batch.max_tokens instead");
  const OutputLock lock(recipe.output);
  if (options.score_only.empty()) model::check_checkpoint(recipe.model);
  if (asks_tasks(recipe, options)) {
    if (options.score_only.empty()) refuse_existing(recipe.output);
    const bool asks = options.score_only.empty();
    return run_tasks(
        recipe, options,
        asks ? model_details(recipe, provenance(recipe)) : answer_details(recipe, options));
  }
  if (!options.compat.empty()) throw_usage("--compat ", options.compat, " is for instruction tasks, expected tasks.files or predictions of a task; leave it out");
  if (recipe.data.root.empty()) throw_usage("data.root: expected not empty, got nothing; name a folder in PTB-XL's layout, whose labels are to be asked, or set tasks.files");
  const fs::path output = recipe.output;
  fs::path predictions = options.score_only;
  if (predictions.empty()) refuse_existing(output);
  const auto made_with = options.score_only.empty() ? provenance(recipe) : Provenance{};
  if (options.score_only.empty()) {
    predictions = output / "predictions.jsonl";
    predict(recipe, options, made_with, predictions);
    std::cout << "wrote " << predictions.string() << "\n";
  }
  if (!options.predict_only) score_and_report(scoring_run(recipe, options, made_with, predictions));
  if (options.score_only.empty()) fs::remove(partial_of(predictions));
  return 0;
}

}  // namespace ecg_lora::tools
