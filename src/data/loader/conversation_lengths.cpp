#include "ecg_lora/data/loader/conversation_lengths.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/parallel.h"
#include "ecg_lora/base/progress.h"

namespace ecg_lora::data {
namespace {

constexpr std::size_t kWorthABar =
    5'000;  ///< different conversations from which on progress is shown

/// Different conversations: labels share their question and answer over all records, checklists
/// many.
struct DistinctConversation {
  const instruct::Question* question;
  std::int64_t record;  ///< of the first that has it
  std::int64_t count;
  std::size_t length = 0;
};

std::vector<DistinctConversation> different(const std::vector<instruct::RecordQuestions>& samples) {
  std::unordered_map<std::string, std::size_t> places;
  std::vector<DistinctConversation> result;
  for (const auto& sample : samples)
    for (const auto& question : sample.questions) {
      const auto [place, fresh] =
          places.try_emplace(question.text + "\n" + question.answer, result.size());
      if (fresh)
        result.push_back({&question, sample.index, 1});
      else
        ++result[place->second].count;
    }
  return result;
}

void measure(std::vector<DistinctConversation>& conversations, const BatchMaker& maker,
             int threads) {
  std::optional<Progress> progress;
  std::mutex mutex;
  if (conversations.size() >= kWorthABar)
    progress.emplace("measuring lengths", static_cast<std::int64_t>(conversations.size()),
                     "conversations");
  parallel_for(conversations.size(), threads, [&](std::size_t i) {
    conversations[i].length =
        maker.length({instruct::conversation(*conversations[i].question, true), {}, 0, ""});
    const std::lock_guard<std::mutex> lock(mutex);
    if (progress) progress->advance();
  });
}

}  // namespace

Lengths measure_lengths(const BatchMaker& maker, const ptbxl::Database& database,
                        const std::vector<instruct::RecordQuestions>& samples, int threads) {
  auto conversations = different(samples);
  measure(conversations, maker, threads);
  const auto most = static_cast<std::size_t>(maker.config().max_tokens);
  Lengths result;
  const DistinctConversation* longest = nullptr;
  for (const auto& one : conversations) {
    result.samples += one.count;
    if (one.length > most) result.too_long += one.count;
    if (!longest || one.length > longest->length) longest = &one;
  }
  if (longest) result.longest = longest->length;
  if (result.too_long > 0 && maker.config().too_long == "stop")
    throw_usage(result.too_long, " of ", result.samples,
                " questions on records have more than batch.max_tokens ", most,
                " tokens, the most ", result.longest, " (record ",
                database.records[static_cast<std::size_t>(longest->record)].ecg_id,
                "); raise it, or set batch.too_long to skip or cut");
  return result;
}

}  // namespace ecg_lora::data
