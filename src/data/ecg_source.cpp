#include "ecg_lora/data/ecg_source.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <numeric>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/random.h"

namespace ecg_lora::data {
namespace {

constexpr std::uint64_t order_stream = 1, question_stream = 2;  ///< keys that keep the two uses of the seed apart

}  // namespace

struct EcgSource::State {
  std::shared_ptr<const ptbxl::Database> database;
  std::vector<instruct::Sample> samples;
  std::shared_ptr<const text::Tokenizer> tokenizer;
  DataConfig data;
  render::PageConfig page;
  ImageConfig image;
  BatchConfig batch;
  std::int64_t pad_id, image_id;
  bool shuffled;
  std::uint64_t seed;

  /// Positions of `samples` in the order of `epoch`.
  std::vector<std::size_t> order(std::int64_t epoch) const {
    std::vector<std::size_t> result(samples.size());
    std::iota(result.begin(), result.end(), std::size_t{0});
    if (shuffled) {
      Random random{seed, order_stream, static_cast<std::uint64_t>(epoch)};
      random.shuffle(result);
    }
    return result;
  }

  /// The questions that `sample` is asked in `epoch`: all, or a draw with as many yes as no where both suffice.
  std::vector<const instruct::Question*> questions(const instruct::Sample& sample, std::int64_t epoch) const {
    std::vector<const instruct::Question*> yes, no;
    const auto wanted = static_cast<std::size_t>(batch.questions);
    for (const auto& question : sample.questions) (batch.balanced && question.positive ? yes : no).push_back(&question);
    if (wanted == 0 || wanted >= sample.questions.size()) {
      no.insert(no.begin(), yes.begin(), yes.end());
      return no;
    }
    const auto ecg_id = static_cast<std::uint64_t>(database->records[static_cast<std::size_t>(sample.index)].ecg_id);
    Random random{seed, question_stream, static_cast<std::uint64_t>(epoch), ecg_id};
    random.shuffle(yes);
    random.shuffle(no);
    const auto positive = std::min(yes.size(), std::max((wanted + 1) / 2, wanted - std::min(wanted, no.size())));
    yes.resize(positive);
    for (std::size_t i = 0; yes.size() < wanted; ++i) yes.push_back(no[i]);
    return yes;
  }

  Row make_row(const instruct::Question& question, std::int64_t image_index, std::int64_t sample_id) const {
    const auto chat = text::encode_chat(*tokenizer, instruct::conversation(question, true), false);
    if (chat.ids.size() > static_cast<std::size_t>(batch.max_tokens))
      throw_usage("the question '", question.text, "' has ", chat.ids.size(), " tokens, more than batch.max_tokens ", batch.max_tokens, "; raise it");
    Row row{chat.ids, chat.ids, image_index, sample_id};
    for (std::size_t i = 0; i < row.labels.size(); ++i)
      if (!chat.assistant[i]) row.labels[i] = -100;
    return row;
  }
};

EcgSource::EcgSource(std::shared_ptr<const ptbxl::Database> database, std::vector<instruct::Sample> samples,
                     std::shared_ptr<const text::Tokenizer> tokenizer, const DataConfig& data, const render::PageConfig& page,
                     const ImageConfig& image, const BatchConfig& batch, std::int64_t pad_id, bool shuffled, std::uint64_t seed) {
  const auto image_id = tokenizer->id("<|image|>");
  if (!image_id) throw_checkpoint("the tokenizer has no token <|image|>, expected that of a LLaMA 3.2 Vision checkpoint; use its tokenizer files");
  state_ = std::make_shared<State>(State{std::move(database), std::move(samples), std::move(tokenizer), data, page, image, batch, pad_id,
                                         *image_id, shuffled, seed});
}

std::int64_t EcgSource::size() const {
  const auto count = static_cast<std::int64_t>(state_->samples.size());
  return (count + state_->batch.images - 1) / state_->batch.images;
}

Batch EcgSource::get(std::int64_t epoch, std::int64_t index) {
  const auto& s = *state_;
  const auto order = s.order(epoch);
  const auto begin = static_cast<std::size_t>(index) * static_cast<std::size_t>(s.batch.images);
  const auto end = std::min(order.size(), begin + static_cast<std::size_t>(s.batch.images));
  std::vector<Row> rows;
  std::vector<Tiles> images;
  for (auto i = begin; i < end; ++i) {
    const auto& sample = s.samples[order[i]];
    const auto& record = s.database->records[static_cast<std::size_t>(sample.index)];
    for (const auto* question : s.questions(sample, epoch))
      rows.push_back(s.make_row(*question, static_cast<std::int64_t>(images.size()), record.ecg_id));
    images.push_back(record_tiles(*s.database, record, s.data.sampling_rate, s.page, s.image));
  }
  return collate(rows, images, s.pad_id, s.image_id);
}

}  // namespace ecg_lora::data
