#include "train_data.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/join.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/parallel.h"
#include "train_lengths.h"

namespace ecg_lora::tools {
namespace {

namespace fs = std::filesystem;

/// Pictures lie beside the file that names them, unless the config says where.
std::shared_ptr<const instruct::Resolver> resolver_for(const fs::path& file,
                                                       const data::DataConfig& config) {
  instruct::Roots roots{config.image_roots, config.recording_roots, config.sampling_rate};
  if (roots.images.empty() && fs::exists(file))
    roots.images.push_back((fs::is_directory(file)   ? file
                            : file.has_parent_path() ? file.parent_path()
                                                     : fs::path("."))
                               .string());
  if (!config.root.empty()) roots.recordings.push_back(config.root);
  return std::make_shared<instruct::Resolver>(roots);
}

std::string describe(const std::string& file, double weight, const data::InstructSummary& s) {
  auto text = cat("samples     ", s.samples, " of ", file, " on ", s.page_sets, " page sets");
  if (weight != 1) text += cat(", weight ", weight);
  if (s.several_pages > 0) text += cat(", ", s.several_pages, " on several pages");
  if (s.text_only > 0) text += cat(", ", s.text_only, " without a page");
  if (s.cut > 0) text += cat(", ", s.cut, " to be cut");
  if (s.bad_items + s.too_long + s.without_image > 0)
    text += cat("; left out: ", s.bad_items, " unreadable, ", s.too_long, " too long, ",
                s.without_image, " without their image");
  return text + "\n";
}

Json to_json(const std::string& file, double weight, const data::InstructSummary& s) {
  return {{"source", file},
          {"weight", weight},
          {"samples", s.samples},
          {"page_sets", s.page_sets},
          {"several_pages", s.several_pages},
          {"text_only", s.text_only},
          {"cut", s.cut},
          {"left_out",
           {{"unreadable", s.bad_items},
            {"too_long", s.too_long},
            {"without_image", s.without_image}}}};
}

/// Nothing is shortened or left out silently.
void warn_of_lengths(const std::string& source, std::int64_t cut, std::int64_t left_out, int most) {
  if (cut > 0)
    log_warn(cat(cut, " answers of ", source,
                 " are cut off, because their conversations have more than batch.max_tokens ", most,
                 " tokens; raise it to learn them whole"));
  if (left_out > 0)
    log_warn(cat(left_out, " samples of ", source,
                 " are left out, because they have more than batch.max_tokens ", most,
                 " tokens; raise it to learn them"));
}

/// Validation asks every question of a page, but has no more rows a batch than training has: it
/// never takes more memory.
data::BatchConfig validation_batches(data::BatchConfig batch,
                                     const std::vector<instruct::Sample>& samples) {
  std::size_t most = 1;
  for (const auto& sample : samples) most = std::max(most, sample.questions.size());
  if (batch.questions > 0)
    batch.images = std::max(1, batch.images * std::min(batch.questions, static_cast<int>(most)) /
                                   static_cast<int>(most));
  batch.questions = 0;
  return batch;
}

/// A source without its samples that show no page.
class OnPages : public data::SampleSource {
 public:
  explicit OnPages(std::shared_ptr<const data::SampleSource> source) : source_(std::move(source)) {}
  std::vector<std::int64_t> counts() const override {
    auto counts = source_->counts();
    if (!counts.empty()) counts.front() = 0;
    return counts;
  }
  std::vector<data::Sample> get(std::int64_t pass, std::int64_t pages,
                                std::int64_t index) const override {
    return source_->get(pass, pages, index);
  }

 private:
  std::shared_ptr<const data::SampleSource> source_;
};

/// Leaves out, and counts, what teaches nothing. Data error if nothing is left.
void keep_pages(std::vector<data::Weighted>& sources, std::int64_t text_only) {
  if (text_only == 0) return;
  bool any = false;
  for (auto& one : sources) {
    one.source = std::make_shared<OnPages>(one.source);
    const auto counts = one.source->counts();
    any = any || std::any_of(counts.begin(), counts.end(), [](auto count) { return count > 0; });
  }
  const auto what = cat("only what looks at pages is adapted, and ", text_only,
                        " samples without a page teach it nothing");
  if (!any)
    throw_data(what,
               ", expected a sample with a page; give some, or adapt the text with lora.text");
  log_warn(what + ": they are left out");
}

/// The pages of all samples of a source, each once.
void add_pages(const data::SampleSource& source, std::vector<data::PageRef>& pages) {
  std::set<fs::path> seen;
  const auto counts = source.counts();
  for (std::size_t m = 1; m < counts.size(); ++m)
    for (std::int64_t i = 0; i < counts[m]; ++i)
      for (const auto& sample : source.get(0, static_cast<std::int64_t>(m), i))
        for (const auto& page : sample.pages)
          if (seen.insert(page.path).second) pages.push_back(page);
}

void check(const data::DataConfig& config, bool training) {
  if (training && config.root.empty() && config.instructions.empty())
    throw_usage(
        "data.root is empty and so is data.instructions, expected a folder in PTB-XL's layout or "
        "files of instructions; name one of them");
  if (training && config.train_folds.empty() && config.instructions.empty())
    throw_usage(
        "data.train_folds is [] and so is data.instructions, expected something to train "
        "on; name folds, for example [1, 2], or files of instructions");
  if (!config.weights.empty() && config.weights.size() != config.instructions.size())
    throw_usage("data.weights has ", config.weights.size(), " numbers for ",
                config.instructions.size(),
                " data.instructions, expected one for each; mend the config");
}

/// A label that the user names is asked all the same; a model that has only seen it denied learns
/// to deny it.
void warn_of_no_only(const DataSet& set, const std::vector<int>& folds) {
  const auto& labels = set.labels->labels();
  std::vector<bool> stated(labels.size(), false);
  for (const auto& record : set.database->records) {
    if (std::find(folds.begin(), folds.end(), record.strat_fold) == folds.end()) continue;
    const auto flags = set.labels->of(record);
    for (std::size_t l = 0; l < flags.size(); ++l) stated[l] = stated[l] || flags[l];
  }
  std::vector<std::string> names;
  for (std::size_t l = 0; l < labels.size(); ++l)
    if (!stated[l]) names.push_back(labels[l].name);
  if (!names.empty())
    log_warn(cat(names.size(),
                 " labels are stated of no record of the training folds, and every answer about "
                 "them is No: ",
                 joined_at_most(12, names)));
}

}  // namespace

bool needs_pages(const model::ModelConfig& config, const lora::LoraSpec& spec) {
  const std::string text = "language_model.model.layers.";
  const auto& cross = config.text.cross_attention_layers;
  const auto modules = lora::count(config, spec).modules;
  return std::none_of(modules.begin(), modules.end(), [&](const std::string& module) {
    if (module.rfind(text, 0) != 0) return false;
    const auto layer = std::stoll(module.substr(text.size()));
    return std::find(cross.begin(), cross.end(), layer) == cross.end();
  });
}

TrainData make_train_data(const DataRecipe& recipe, const DataSet& set, bool training,
                          const std::shared_ptr<data::SkipLog>& log) {
  check(recipe.data, training);
  const auto on_bad = instruct::parse_on_bad(recipe.data.on_bad_sample);
  std::vector<data::Weighted> sources;
  TrainData result;
  const auto& folds = training ? recipe.data.train_folds : recipe.data.valid_folds;
  const bool asks_labels = set.database && !folds.empty();
  auto samples = asks_labels ? instruct::make_samples(*set.database, *set.labels, folds,
                                                      instruct::parse_ask(recipe.data.ask))
                             : std::vector<instruct::Sample>();
  const auto batch = training ? recipe.batch : validation_batches(recipe.batch, samples);
  const data::BatchMaker maker(set.chat, {recipe.page, set.image, recipe.paper, recipe.seed}, batch,
                               recipe.pad_id, on_bad, log);
  if (asks_labels) {
    if (training) warn_of_no_only(set, folds);
    const auto lengths = measure_lengths(maker, *set.database, samples, recipe.threads);
    const bool cuts = recipe.batch.too_long == "cut";
    warn_of_lengths(recipe.data.root, cuts ? lengths.too_long : 0, cuts ? 0 : lengths.too_long,
                    recipe.batch.max_tokens);
    result.sources.push_back({{"source", recipe.data.root},
                              {"weight", training ? recipe.data.label_weight : 1},
                              {"labels", set.labels->name()},
                              {"folds", folds},
                              {"records", samples.size()},
                              {"samples", lengths.samples},
                              {"longest", lengths.longest},
                              {"cut", cuts ? lengths.too_long : 0},
                              {"left_out", {{"too_long", cuts ? 0 : lengths.too_long}}}});
    sources.push_back(
        {std::make_shared<data::EcgSamples>(set.database, std::move(samples),
                                            recipe.data.sampling_rate, batch, recipe.seed),
         recipe.data.label_weight});
  }
  const auto& files = training ? recipe.data.instructions : recipe.data.valid_instructions;
  std::int64_t first_id = 0, text_only = 0;
  instruct::Unread unread;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const data::InstructOptions options{
        recipe.batch.questions, training, recipe.seed, first_id, on_bad, recipe.threads};
    const auto source = std::make_shared<data::InstructSamples>(
        files[i], resolver_for(files[i], recipe.data), maker, options, *log);
    const double weight = training && !recipe.data.weights.empty() ? recipe.data.weights[i] : 1;
    first_id += source->summary().samples + source->summary().bad_items +
                source->summary().too_long + source->summary().without_image;
    result.description += describe(files[i], weight, source->summary());
    result.sources.push_back(to_json(files[i], weight, source->summary()));
    warn_of_lengths(files[i], source->summary().cut, source->summary().too_long,
                    recipe.batch.max_tokens);
    text_only += source->summary().text_only;
    unread.add(source->summary().unread);
    sources.push_back({source, weight});
  }
  if (!unread.empty())
    log_warn(
        cat(training ? "data.instructions: " : "data.valid_instructions: ", unread.sentence()));
  if (training && recipe.only_pages) keep_pages(sources, text_only);
  for (const auto& one : sources) result.samples.push_back(one.source);
  if (!sources.empty())
    result.source =
        std::make_unique<data::MixedSource>(std::move(sources), maker, training, recipe.seed);
  return result;
}

std::vector<data::PageRef> pages_of(const TrainData& data) {
  std::vector<data::PageRef> pages;
  for (const auto& source : data.samples) add_pages(*source, pages);
  return pages;
}

}  // namespace ecg_lora::tools
