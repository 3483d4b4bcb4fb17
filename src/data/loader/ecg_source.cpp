#include "ecg_lora/data/loader/ecg_source.h"

#include <algorithm>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/random.h"

namespace ecg_lora::data {
namespace {

constexpr std::uint64_t kQuestionStream =
    2;  ///< keeps this use of the seed apart from those in mixed_source.cpp

}  // namespace

PageRef record_page(const ptbxl::Database& database, const ptbxl::RecordInfo& record,
                    int sampling_rate) {
  return {true, database.waveform(record, sampling_rate), ptbxl::facts_of(record)};
}

Conversation question_conversation(const ptbxl::Database& database, const ptbxl::RecordInfo& record,
                                   int sampling_rate, const instruct::Question& question) {
  return {instruct::conversation(question, true),
          {record_page(database, record, sampling_rate)},
          record.ecg_id,
          cat("record ", record.ecg_id)};
}

/// The questions that `sample` is asked in `pass`: all, or a draw with as many yes as no where both
/// suffice.
std::vector<const instruct::Question*> EcgSamples::questions(
    const instruct::RecordQuestions& sample, std::int64_t pass) const {
  std::vector<const instruct::Question*> yes, no;
  const auto wanted = static_cast<std::size_t>(batch_.questions);
  for (const auto& question : sample.questions)
    (batch_.balanced && question.positive ? yes : no).push_back(&question);
  if (wanted == 0 || wanted >= sample.questions.size()) {
    no.insert(no.begin(), yes.begin(), yes.end());
    return no;
  }
  const auto ecg_id =
      static_cast<std::uint64_t>(database_->records[static_cast<std::size_t>(sample.index)].ecg_id);
  Random random{seed_, kQuestionStream, static_cast<std::uint64_t>(pass), ecg_id};
  random.shuffle(yes);
  random.shuffle(no);
  const auto positive =
      std::min(yes.size(), std::max((wanted + 1) / 2, wanted - std::min(wanted, no.size())));
  yes.resize(positive);
  for (std::size_t i = 0; yes.size() < wanted; ++i) yes.push_back(no[i]);
  return yes;
}

std::vector<Conversation> EcgSamples::get(std::int64_t pass, std::int64_t /*pages*/,
                                          std::int64_t index) const {
  const auto& sample = samples_[static_cast<std::size_t>(index)];
  const auto& record = database_->records[static_cast<std::size_t>(sample.index)];
  std::vector<Conversation> result;
  for (const auto* question : questions(sample, pass))
    result.push_back(question_conversation(*database_, record, sampling_rate_, *question));
  return result;
}

}  // namespace ecg_lora::data
