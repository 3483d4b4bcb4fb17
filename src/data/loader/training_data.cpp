#include "ecg_lora/data/loader/training_data.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/data/loader/conversation_lengths.h"
#include "page_samples.h"
#include "training_notes.h"

namespace ecg_lora::data {
namespace {

namespace fs = std::filesystem;

/// Pictures lie next to the file that names them, unless the config says where.
std::shared_ptr<const instruct::Resolver> resolver_for(const fs::path& file,
                                                       const DataConfig& config) {
  instruct::Roots roots{config.image_roots, config.recording_roots, config.sampling_rate};
  if (roots.images.empty() && fs::exists(file))
    roots.images.push_back((fs::is_directory(file)   ? file
                            : file.has_parent_path() ? file.parent_path()
                                                     : fs::path("."))
                               .string());
  if (!config.root.empty()) roots.recordings.push_back(config.root);
  return std::make_shared<instruct::Resolver>(roots);
}

/// Validation asks every question of a page, but has no more rows per batch than training has: it
/// never takes more memory.
BatchConfig validation_batches(BatchConfig batch,
                               const std::vector<instruct::RecordQuestions>& samples) {
  std::size_t most = 1;
  for (const auto& sample : samples) most = std::max(most, sample.questions.size());
  if (batch.questions > 0)
    batch.images = std::max(1, batch.images * std::min(batch.questions, static_cast<int>(most)) /
                                   static_cast<int>(most));
  batch.questions = 0;
  return batch;
}

void check_config(const DataConfig& config, bool training) {
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
                " data.instructions, expected one for each; correct the config");
}

/// Puts the sources of a split together: records first, then one source for each instruction file.
class Mixture {
 public:
  Mixture(const TrainingSources& from, Split split, const std::shared_ptr<SkipLog>& log)
      : from_(from),
        training_(split == Split::training),
        folds_(training_ ? from.data.train_folds : from.data.valid_folds),
        on_bad_(instruct::parse_on_bad(from.data.on_bad_sample)),
        log_(log),
        questions_(asks_labels()
                       ? instruct::make_record_questions(*from.database, *from.labels, folds_,
                                                         instruct::parse_ask(from.data.ask))
                       : std::vector<instruct::RecordQuestions>()),
        batch_(training_ ? from.batch : validation_batches(from.batch, questions_)),
        maker_(from.chat, {from.page, from.image, from.paper, from.seed}, batch_, from.pad_id,
               on_bad_, log) {}

  bool asks_labels() const { return from_.database && !folds_.empty(); }
  void add_records();
  void add_files();
  TrainingData finish();

 private:
  std::int64_t add_file(const std::string& file, double weight, std::int64_t first_id);
  double weight_of(std::size_t file) const {
    return training_ && !from_.data.weights.empty() ? from_.data.weights[file] : 1;
  }

  const TrainingSources& from_;
  bool training_;
  std::vector<int> folds_;
  instruct::OnBad on_bad_;
  std::shared_ptr<SkipLog> log_;
  std::vector<instruct::RecordQuestions> questions_;  ///< on records
  BatchConfig batch_;
  BatchMaker maker_;
  std::vector<WeightedSource> sources_;
  std::int64_t text_only_ = 0;
  instruct::UnreadContent unread_;
  TrainingData result_;
};

void Mixture::add_records() {
  const auto& data = from_.data;
  if (training_) warn_of_no_only(*from_.database, *from_.labels, folds_);
  const auto lengths = measure_lengths(maker_, *from_.database, questions_, from_.threads);
  const bool cuts = from_.batch.too_long == "cut";
  const auto cut = cuts ? lengths.too_long : 0, left_out = cuts ? 0 : lengths.too_long;
  warn_of_lengths(data.root, cut, left_out, from_.batch.max_tokens);
  result_.sources.push_back({{"source", data.root},
                             {"weight", training_ ? data.label_weight : 1},
                             {"labels", from_.labels->name()},
                             {"folds", folds_},
                             {"records", questions_.size()},
                             {"samples", lengths.samples},
                             {"longest", lengths.longest},
                             {"cut", cut},
                             {"left_out", {{"too_long", left_out}}}});
  sources_.push_back({std::make_shared<EcgSamples>(from_.database, std::move(questions_),
                                                   data.sampling_rate, batch_, from_.seed),
                      data.label_weight});
}

/// The id that follows the file's last.
std::int64_t Mixture::add_file(const std::string& file, double weight, std::int64_t first_id) {
  const InstructOptions options{from_.batch.questions, training_, from_.seed, first_id, on_bad_,
                                from_.threads};
  const auto source = std::make_shared<InstructSamples>(file, resolver_for(file, from_.data),
                                                        maker_, options, *log_);
  const auto& summary = source->summary();
  result_.description += summary_line(file, weight, summary);
  result_.sources.push_back(summary_json(file, weight, summary));
  warn_of_lengths(file, summary.cut, summary.too_long, from_.batch.max_tokens);
  text_only_ += summary.text_only;
  unread_.add(summary.unread);
  sources_.push_back({source, weight});
  return first_id + summary.samples + summary.bad_items + summary.too_long + summary.without_image;
}

void Mixture::add_files() {
  const auto& files = training_ ? from_.data.instructions : from_.data.valid_instructions;
  std::int64_t first_id = 0;
  for (std::size_t i = 0; i < files.size(); ++i)
    first_id = add_file(files[i], weight_of(i), first_id);
  if (!unread_.empty())
    log_warn(
        cat(training_ ? "data.instructions: " : "data.valid_instructions: ", unread_.sentence()));
}

TrainingData Mixture::finish() {
  if (training_ && from_.only_pages) keep_page_samples(sources_, text_only_);
  for (const auto& one : sources_) result_.samples.push_back(one.source);
  if (!sources_.empty())
    result_.source =
        std::make_unique<MixedSource>(std::move(sources_), maker_, training_, from_.seed);
  return std::move(result_);
}

}  // namespace

TrainingData make_training_data(const TrainingSources& from, Split split,
                                const std::shared_ptr<SkipLog>& log) {
  check_config(from.data, split == Split::training);
  Mixture mixture(from, split, log);
  if (mixture.asks_labels()) mixture.add_records();
  mixture.add_files();
  return mixture.finish();
}

std::vector<PageRef> pages_of(const TrainingData& data) {
  std::vector<PageRef> pages;
  for (const auto& source : data.samples) add_pages(*source, pages);
  return pages;
}

Json summary_of(const TrainingSources& from, const TrainingData& training,
                const TrainingData& validation) {
  Json labels = Json::array();
  if (from.labels)
    for (const auto& label : from.labels->labels())
      labels.push_back(
          {{"name", label.name}, {"description", label.description}, {"words", label.words.asked}});
  return {{"training", training.sources}, {"validation", validation.sources}, {"labels", labels}};
}

std::unique_ptr<BatchSource> batches_ahead(std::unique_ptr<BatchSource> source,
                                           const RankShare& share, bool one_epoch) {
  std::optional<std::int64_t> count;
  if (one_epoch) count = share_size(source->size(), share.rank, share.ranks);
  auto own = share_of(std::move(source), share.rank, share.ranks);
  if (share.pin_memory) own = pinned(std::move(own));
  return prefetch(std::move(own), share.workers, count);
}

}  // namespace ecg_lora::data
