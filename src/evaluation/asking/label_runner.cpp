#include "ecg_lora/evaluation/asking/label_runner.h"

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/metrics/statistics/predictions.h"

namespace ecg_lora::asking {
namespace {

/// The batches of a source from `begin` on.
class RemainingBatches : public data::BatchSource {
 public:
  RemainingBatches(std::unique_ptr<data::BatchSource> source, std::int64_t begin)
      : source_(std::move(source)), begin_(begin) {}
  std::int64_t size() const override { return source_->size() - begin_; }
  data::Batch get(std::int64_t epoch, std::int64_t index) override {
    return source_->get(epoch, begin_ + index);
  }

 private:
  std::unique_ptr<data::BatchSource> source_;
  std::int64_t begin_;
};

const ptbxl::RecordInfo& record_of(const ptbxl::Database& database,
                                   const instruct::RecordQuestions& sample) {
  return database.records[static_cast<std::size_t>(sample.index)];
}

/// Data error unless `line` is the answer to `question` on the record `ecg_id`.
void check_answer(const std::string& line, const std::string& place, int ecg_id,
                  const instruct::Question& question) {
  const auto json = parse_json(line, place);
  if (json.value("ecg_id", -1) != ecg_id || json.value("label", "") != question.label ||
      !json.contains("p_yes"))
    throw_data(place, " is not the answer on label ", question.label,
               " that belongs there; remove the file to start again");
}

}  // namespace

std::vector<instruct::RecordQuestions> records_to_ask(const data::DataConfig& data,
                                                      const ptbxl::Database& database,
                                                      const ptbxl::LabelSet& labels, int limit) {
  auto folds = data.valid_folds;
  folds.insert(folds.end(), data.test_folds.begin(), data.test_folds.end());
  auto samples = instruct::make_record_questions(database, labels, folds);
  const auto wanted = static_cast<std::size_t>(limit);
  if (limit == 0 || wanted >= samples.size()) return samples;
  std::vector<instruct::RecordQuestions> few;
  for (std::size_t i = 0; i < wanted; ++i) few.push_back(samples[i * samples.size() / wanted]);
  return few;
}

std::vector<data::PageRef> record_pages(const ptbxl::Database& database,
                                        const std::vector<instruct::RecordQuestions>& samples,
                                        int sampling_rate) {
  std::vector<data::PageRef> pages;
  for (const auto& sample : samples)
    pages.push_back(data::record_page(database, record_of(database, sample), sampling_rate));
  return pages;
}

LabelRunner::LabelRunner(LabelQuestions questions, OpenModel open_model)
    : questions_(std::move(questions)), open_model_(std::move(open_model)) {}

int LabelRunner::ecg_id(const instruct::RecordQuestions& sample) const {
  return record_of(*questions_.database, sample).ecg_id;
}

void LabelRunner::open() {
  auto& asked = questions_;
  model_.emplace(open_model_());
  variants_ = decoding::yes_no_variants(*asked.chat.tokenizer);
  source_ = std::make_unique<data::PromptSource>(asked.database, std::move(asked.samples),
                                                 asked.chat, asked.sampling_rate, asked.pages,
                                                 asked.batch, (*model_)->config().pad_token_id);
  prompts_ = source_.get();
}

Resumed LabelRunner::resume(const std::vector<std::string>& lines,
                            const std::filesystem::path& file) {
  std::size_t line = 0;
  for (std::int64_t i = 0; i < prompts_->size(); ++i) {
    const auto samples = prompts_->samples(i);
    std::size_t rows = 0;
    for (const auto* sample : samples) rows += sample->questions.size();
    if (line + rows > lines.size()) return {i, line};
    for (const auto* sample : samples)
      for (const auto& question : sample->questions) {
        const auto place = cat(file.string(), " line ", line + 2);
        check_answer(lines[line++], place, ecg_id(*sample), question);
      }
  }
  return {prompts_->size(), line};
}

void LabelRunner::start(std::int64_t begin, int rank, int ranks) {
  begin_ = begin, ranks_ = ranks;
  const auto own = data::share_size(size() - begin, rank, ranks);
  auto rest =
      data::share_of(std::make_unique<RemainingBatches>(std::move(source_), begin), rank, ranks);
  own_ = data::prefetch(std::move(rest), questions_.batch.workers, own);
}

std::string LabelRunner::ask(std::int64_t batch) {
  const auto made = own_->get(0, (batch - begin_) / ranks_);
  const auto probabilities = decoding::yes_probabilities(*model_, made, variants_);
  std::string lines;
  std::size_t row = 0;
  const auto wording = questions_.labels->wording().tag();
  for (const auto* sample : prompts_->samples(batch)) {
    const auto& record = record_of(*questions_.database, *sample);
    for (const auto& question : sample->questions)
      lines +=
          metrics::to_line({record.ecg_id, record.patient_id, record.strat_fold, question.label,
                            question.text, question.positive, probabilities[row++], "",
                            questions_.limit, "yes_no_likelihood", wording}) +
          "\n";
  }
  return lines;
}

void LabelRunner::write(const std::filesystem::path& file, const std::string& lines) {
  write_file(file, lines);
}

}  // namespace ecg_lora::asking
