#include "eval_recipe.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <optional>

#include "base_room.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/json_text.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/base/resumable_lines.h"
#include "ecg_lora/data/prompt_source.h"
#include "ecg_lora/generate/likelihood.h"
#include "ecg_lora/lora/lora.h"
#include "ecg_lora/render/page.h"
#include "ecg_lora/text/chat_format.h"
#include "identity.h"
#include "ranks.h"
#include "wording_use.h"

namespace ecg_lora::tools {
namespace {

namespace fs = std::filesystem;

/// Records of the validation and test folds; `limit` takes as many evenly spread ones.
std::vector<instruct::Sample> samples_to_ask(const EvalRecipe& recipe, const DataSet& set,
                                             int limit) {
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
  auto model = load_base(recipe.model, recipe.vision_states, recipe.compute);
  if (!recipe.adapter.empty()) {
    const auto report = lora::load_adapter(model, recipe.adapter);
    text::check_adapter_layout(layout, recipe.adapter);
    log_info(cat("adapter ", recipe.adapter, ": ", report.modules.size(), " modules, ",
                 report.trainable, " parameters"));
  }
  model->eval();
  return model;
}

/// One line a question, in the order of the rows of a batch.
std::string lines_of(const DataSet& set, const std::vector<const instruct::Sample*>& samples,
                     const std::vector<double>& probabilities, int limit) {
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
  model::KeptStates kept;  ///< as the model is opened
};

Provenance provenance(const EvalRecipe& recipe) {
  FileSums sums;
  const auto chosen = model::chosen_vision_states(recipe.vision_states);
  auto kept = model::load_model_config(recipe.model, chosen).vision.kept();
  auto model = model_identity(recipe.model, sums);
  auto adapter = recipe.adapter.empty() ? Json() : model_identity(recipe.adapter, sums);
  return {std::move(model), std::move(adapter), std::move(kept)};
}

/// All that predictions depend on: the config without what comes after them or changes no byte of
/// them, and the sums of the files that it names.
Json identity(const EvalRecipe& recipe, const EvalOptions& options, const Provenance& made_with,
              const ptbxl::Wording& wording, const std::vector<data::PageRef>& pages) {
  auto config = config::dump(recipe);
  config["data"].erase("wording");  // a path; what counts is what it holds
  for (const char* key : {"output", "resamples", "score", model::kVisionStates}) config.erase(key);
  config["batch"].erase("workers");
  config["compute"].erase("quantised_cache");
  return {{"limit", options.limit},
          {"model", made_with.model},
          {model::kVisionStates, to_json(made_with.kept)},
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

/// Batches whose lines are all in `found`. Data error where a line answers another question than
/// its place asks.
std::int64_t answered(const data::PromptSource& prompts, const DataSet& set,
                      const std::vector<std::string>& found, const fs::path& file) {
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
        if (json.value("ecg_id", -1) !=
                set.database->records[static_cast<std::size_t>(sample->index)].ecg_id ||
            json.value("label", "") != question.label || !json.contains("p_yes"))
          throw_data(place, " is not the answer on label ", question.label,
                     " that belongs there; remove the file to begin anew");
      }
  }
  return prompts.size();
}

/// The batches of a source from `begin` on.
class RestOf : public data::BatchSource {
 public:
  RestOf(std::unique_ptr<data::BatchSource> source, std::int64_t begin)
      : source_(std::move(source)), begin_(begin) {}
  std::int64_t size() const override { return source_->size() - begin_; }
  data::Batch get(std::int64_t epoch, std::int64_t index) override {
    return source_->get(epoch, begin_ + index);
  }

 private:
  std::unique_ptr<data::BatchSource> source_;
  std::int64_t begin_;
};

/// The labels of the records of a recipe, asked batch by batch by the ranks of a team.
class LabelAsking {
 public:
  LabelAsking(ranks::Team& team, const EvalRecipe& recipe, const EvalOptions& options,
              const Provenance& made_with)
      : team_(team), recipe_(recipe), options_(options) {
    team_.all([&] {
      set_.emplace(load_data(recipe.data, recipe.model));
      for (const auto* folder : {&recipe.adapter, &recipe.model})
        if (team_.first()) warn_of_other_words(*folder, set_->labels->wording());
      samples_ = samples_to_ask(recipe, *set_, options.limit);
      identity_ = identity(recipe, options, made_with, set_->labels->wording(),
                           pages_of(recipe, *set_, samples_));
    });
    team_.compare(given_of(identity_));
  }

  /// Asks every question that is not answered yet, then writes `file`, whole or not at all.
  void write(const fs::path& file) {
    team_.first_only(
        [&] { partial_.emplace(unfinished_of(file), identity_, options_.accept_changes); });
    if (team_.of_first(fs::exists(file)))
      return log_info(file.string() + " is complete; only the scores are left to do");
    load(file);
    ask();
    team_.first_only([&] { write_file(file, partial_->text()); });
  }

 private:
  void load(const fs::path& file) {
    team_.all([&] {
      model_.emplace(load_adapted(recipe_, set_->chat.layout));
      variants_ = generate::yes_no_variants(*set_->chat.tokenizer);
      const data::PageMaker pages{recipe_.page, set_->image, recipe_.paper, recipe_.seed};
      source_ = std::make_unique<data::PromptSource>(
          set_->database, std::move(samples_), set_->chat, recipe_.data.sampling_rate, pages,
          recipe_.batch, (*model_)->config().pad_token_id);
      prompts_ = source_.get();
      if (!partial_) return;
      done_ = answered(*prompts_, *set_, partial_->found(), unfinished_of(file));
      partial_->keep(prompts_->rows_before(done_));
    });
    done_ = team_.of_first(done_);
  }

  void ask() {
    const auto all = prompts_->size();
    auto rest = data::share_of(std::make_unique<RestOf>(std::move(source_), done_), team_.rank(),
                               team_.ranks());
    const auto own = data::share_size(all - done_, team_.rank(), team_.ranks());
    const auto source = data::prefetch(std::move(rest), recipe_.batch.workers, own);
    if (done_ > 0)
      log_info(cat(done_, " of ", all, " batches were answered before; going on behind them"));
    Progress progress("asking", all - done_, "batches");
    const auto work = [&](std::int64_t i) {
      throw_if_interrupted("the evaluation; the same command goes on from here");
      const auto batch = source->get(0, (i - done_) / team_.ranks());
      return lines_of(*set_, prompts_->samples(i),
                      generate::yes_probabilities(*model_, batch, variants_), options_.limit);
    };
    team_.share(done_, all, work, [&](std::int64_t, const std::string& lines) {
      partial_->append(lines);
      progress.advance();
    });
  }

  ranks::Team& team_;
  const EvalRecipe& recipe_;
  const EvalOptions& options_;
  std::optional<DataSet> set_;
  std::vector<instruct::Sample> samples_;
  Json identity_;
  std::optional<ResumableLines> partial_;  ///< of the first rank
  std::optional<model::Mllama> model_;
  generate::AnswerVariants variants_;
  std::unique_ptr<data::PromptSource> source_;
  const data::PromptSource* prompts_ = nullptr;
  std::int64_t done_ = 0;  ///< batches that were answered before
};

std::string discipline(const data::DataConfig& data) {
  const bool standard = fold_text(data.train_folds) == "1-8" &&
                        fold_text(data.valid_folds) == "9" && fold_text(data.test_folds) == "10";
  const auto text = "folds " + fold_text(data.train_folds) + " train, " +
                    fold_text(data.valid_folds) + " chooses thresholds, " +
                    fold_text(data.test_folds) + " tests";
  return standard ? text : "NOT the PTB-XL benchmark's split (1-8, 9, 10): " + text;
}

/// PNG of a record's page as the model saw it; empty where its waveform is not there, as where only
/// the tables are.
std::string page_png(const EvalRecipe& recipe, const ptbxl::Database& database,
                     const ptbxl::RecordInfo& record) {
  const auto waveform = database.waveform(record, recipe.data.sampling_rate);
  if (!fs::exists(waveform.string() + ".hea")) return "";
  return render::encode_png(
      data::PageMaker(recipe.page, {}, recipe.paper, recipe.seed)
          .picture(data::record_page(database, record, recipe.data.sampling_rate), 0));
}

/// What produced the answers: the model, or the file that another left.
Json answer_details(const EvalRecipe& recipe, const EvalOptions& options) {
  Json details{{"config", config::dump(recipe)}};
  for (const char* key : {"model", "adapter", model::kVisionStates}) details["config"].erase(key);
  details["answers_of"] = options.score_only;
  return details;
}

Json model_details(const EvalRecipe& recipe, const Provenance& made_with) {
  Json details{{"config", config::dump(recipe)}, {"model_sha256", made_with.model}};
  details.update(to_json(made_with.kept));
  if (!recipe.adapter.empty()) details["adapter_sha256"] = made_with.adapter;
  return details;
}

/// Of the data set, for names that a wording may have; none without its tables.
std::vector<ptbxl::Statement> statements_of(const EvalRecipe& recipe) {
  const auto table = fs::path(recipe.data.root) / "scp_statements.csv";
  if (!fs::exists(table)) return {};
  return ptbxl::load_statements(table);
}

evaluation::ScoringRun scoring_run(const EvalRecipe& recipe, const EvalOptions& options,
                                   const Provenance& made_with, const fs::path& predictions) {
  evaluation::ScoringRun run;
  run.predictions = predictions;
  run.output = recipe.output;
  run.reference = {recipe.data.root,
               recipe.data.labels,
               recipe.data.minimum_likelihood,
               recipe.data.valid_folds,
               recipe.data.test_folds,
               {},
               {9}};
  run.reference.validation = recipe.score.validation,
  run.reference.validation_folds = recipe.score.validation_folds;
  run.reference.recordings = recipe.data.recording_roots;
  run.options = evaluation::evaluation_options(recipe.score, recipe.resamples, recipe.seed);
  run.subgroups = recipe.score.subgroups;
  if (recipe.score.linear)
    run.linear = {recipe.data.train_folds, recipe.data.sampling_rate, recipe.score.linear_records};
  run.limit =
      options.score_only.empty() ? 0 : options.limit;  // what was predicted here is limited already
  run.folds = discipline(recipe.data);
  if (fs::exists(fs::path(recipe.data.root) / "external.json"))
    run.folds = "an external data set: folds " + fold_text(recipe.data.test_folds) + " test" +
                (recipe.score.validation.empty()
                     ? ", " + fold_text(recipe.data.valid_folds) + " chooses thresholds"
                     : ", thresholds from " + recipe.score.validation);
  else if (!recipe.score.validation.empty())
    run.folds = "NOT the PTB-XL benchmark's split: thresholds from " + recipe.score.validation +
                "; " + run.folds;
  run.title = "Evaluation of " +
              (options.score_only.empty()
                   ? recipe.model + (recipe.adapter.empty() ? "" : " with " + recipe.adapter)
                   : options.score_only);
  run.details = options.score_only.empty() ? model_details(recipe, made_with)
                                           : answer_details(recipe, options);
  if (fs::exists(fs::path(recipe.data.root) / "ptbxl_database.csv"))
    run.details["audit"] =
        to_json(audit_folds(std::make_shared<const ptbxl::Database>(ptbxl::load_database(
                                recipe.data.root, recipe.data.recording_roots)),
                            recipe.data));
  run.wording = ptbxl::Wording::load(recipe.data.wording, statements_of(recipe)).identity();
  run.png = [&recipe](const ptbxl::Database& database, const ptbxl::RecordInfo& record) {
    return page_png(recipe, database, record);
  };
  return run;
}

/// An output may hold what a run left that was killed, and nothing that one has finished.
void refuse_existing(const fs::path& output) {
  if (fs::exists(unfinished_of(output / "predictions.jsonl"))) return;
  for (const char* name : {"predictions.jsonl", "scores.json"})
    if (fs::exists(output / name))
      throw_usage("output ", output.string(), " holds ", name,
                  " already, expected a new folder; choose another or remove it");
}

void refuse_long(const EvalRecipe& recipe) {
  if (recipe.batch.too_long != "stop")
    throw_usage("batch.too_long is ", recipe.batch.too_long,
                ", expected stop: a question that is left out or cut has no answer to score; raise "
                "batch.max_tokens instead");
}

/// Config of instruction tasks, or none, where labels are to be asked.
void refuse_labels(const EvalRecipe& recipe, const EvalOptions& options) {
  if (!options.compat.empty())
    throw_usage(
        "--compat ", options.compat,
        " is for instruction tasks, expected tasks.files or predictions of a task; leave it out");
  if (recipe.data.root.empty())
    throw_usage(
        "data.root: expected not empty, got nothing; name a folder in PTB-XL's layout, whose "
        "labels are to be asked, or set tasks.files");
}

/// Scores `predictions` of a model of this recipe, or of another.
void score(const EvalRecipe& recipe, const EvalOptions& options, const Provenance& made_with,
           const fs::path& predictions) {
  evaluation::score_and_report(scoring_run(recipe, options, made_with, predictions));
}

void score_answers_of_others(const EvalRecipe& recipe, const EvalOptions& options) {
  if (asks_tasks(recipe, options))
    return score_task_answers(recipe, options, answer_details(recipe, options));
  refuse_labels(recipe, options);
  if (!options.predict_only) score(recipe, options, {}, options.score_only);
}

int evaluate(ranks::Team& team, EvalRecipe& recipe, const EvalOptions& options) {
  const fs::path output = recipe.output, predictions = output / "predictions.jsonl";
  const bool tasks = !recipe.tasks.files.empty();
  std::optional<OutputLock> lock;
  Provenance made_with;
  team.all([&] {
    refuse_long(recipe);
    if (team.first()) lock.emplace(output);
    if (!options.score_only.empty()) return;
    check_model(recipe.model, recipe.adapter, recipe.vision_states);
    if (!tasks) refuse_labels(recipe, options);
    if (team.first()) refuse_existing(output);
    require_room("eval", recipe.compute, recipe.model, recipe.adapter, prompts_of(recipe));
    made_with = provenance(recipe);
  });
  if (!options.score_only.empty()) {
    team.first_only([&] { score_answers_of_others(recipe, options); });
    return 0;
  }
  if (tasks) return run_tasks(team, recipe, options, model_details(recipe, made_with)), 0;
  LabelAsking(team, recipe, options, made_with).write(predictions);
  team.first_only([&] {
    std::cout << "wrote " << predictions.string() << "\n";
    if (!options.predict_only) score(recipe, options, made_with, predictions);
    fs::remove(unfinished_of(predictions));
  });
  return 0;
}

}  // namespace

ranks::Given given_of(Json identity) {
  auto& config = identity["config"];
  for (const char* key : {"model", "adapter"}) config.erase(key);
  for (const char* key : {"root", "wording", "image_roots", "recording_roots"})
    config["data"].erase(key);
  config["tasks"].erase("files");
  ranks::Given given;
  for (const auto& [key, value] : identity.items()) given.emplace_back(key, json_text(value));
  return given;
}

int run_eval(const EvalRecipe& given, const EvalOptions& options) {
  watch_interrupts();
  auto recipe = given;
  recipe.compute.force = options.force;
  auto team = join_team(recipe.compute, recipe.tasks.files.empty() ? "records" : "questions");
  return team.run([&] { return evaluate(team, recipe, options); });
}

}  // namespace ecg_lora::tools
