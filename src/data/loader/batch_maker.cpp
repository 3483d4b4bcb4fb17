#include "ecg_lora/data/loader/batch_maker.h"

#include <algorithm>
#include <map>
#include <optional>

#include "ecg_lora/base/error.h"

namespace ecg_lora::data {
namespace {

/// The pages of a batch, each made once, and those that could not be.
class Pages {
 public:
  Pages(const PageMaker& maker, std::int64_t epoch, instruct::OnBad on_bad)
      : maker_(maker), epoch_(epoch), on_bad_(on_bad) {}

  /// Indices of the conversation's pages in images(); nothing if one cannot be made, and then
  /// why in problem().
  std::optional<std::vector<std::int64_t>> of(const Conversation& conversation) {
    std::vector<std::int64_t> indices;
    for (const auto& page : conversation.pages)
      if (indices.push_back(index(page)); indices.back() < 0) return std::nullopt;
    return indices;
  }
  const std::vector<Tiles>& images() const { return images_; }
  const std::string& problem() const { return problem_; }

 private:
  std::int64_t index(const PageRef& page) {
    const auto known = index_.find(page.path);
    if (known != index_.end()) {
      if (known->second < 0) problem_ = problems_.at(page.path);
      return known->second;
    }
    try {
      images_.push_back(maker_.tiles(page, epoch_));
      return index_[page.path] = static_cast<std::int64_t>(images_.size()) - 1;
    } catch (const Error& error) {
      if (on_bad_ == instruct::OnBad::stop || error.code() != ExitCode::data) throw;
      problem_ = problems_[page.path] = error.what();
      return index_[page.path] = -1;
    }
  }

  const PageMaker& maker_;
  std::int64_t epoch_;
  instruct::OnBad on_bad_;
  std::map<std::filesystem::path, std::int64_t> index_;
  std::map<std::filesystem::path, std::string> problems_;
  std::vector<Tiles> images_;
  std::string problem_;
};

}  // namespace

BatchMaker::BatchMaker(text::ChatFormat chat, const PageMaker& pages, const BatchConfig& batch,
                       std::int64_t pad_id, instruct::OnBad on_bad, std::shared_ptr<SkipLog> log)
    : chat_(std::move(chat)),
      pages_(pages),
      batch_(batch),
      pad_id_(pad_id),
      on_bad_(on_bad),
      log_(log ? std::move(log) : std::make_shared<SkipLog>()) {
  const auto image_id = chat_.tokenizer->id("<|image|>");
  if (!image_id)
    throw_checkpoint(
        "the tokenizer has no token <|image|>, expected that of a LLaMA 3.2 Vision checkpoint; use "
        "its tokenizer files");
  image_id_ = *image_id;
}

Batch BatchMaker::make(const std::vector<Conversation>& conversations, std::int64_t epoch) const {
  return assemble(conversations, epoch, false);
}
Batch BatchMaker::make_prompts(const std::vector<Conversation>& conversations,
                               std::int64_t epoch) const {
  return assemble(conversations, epoch, true);
}

Batch BatchMaker::assemble(const std::vector<Conversation>& conversations, std::int64_t epoch,
                           bool prompts) const {
  Pages pages(pages_, epoch, on_bad_);
  std::vector<Row> rows;
  for (const auto& conversation : conversations) {
    auto row = times().time(Stage::tokenise, [&] { return make_row(conversation, prompts); });
    if (!shorten(row, conversation)) continue;
    const auto images = pages.of(conversation);
    if (!images) {
      log_->note(conversation.name, "page", pages.problem());
      continue;
    }
    // A row that was cut may have lost its last images with their tokens.
    row.images.assign(images->begin(), images->begin() + std::count(row.tokens.begin(),
                                                                    row.tokens.end(), image_id_));
    rows.push_back(std::move(row));
  }
  times().rows += static_cast<std::int64_t>(rows.size());
  return times().time(Stage::collate,
                      [&] { return collate(rows, pages.images(), pad_id_, image_id_); });
}

Row BatchMaker::make_row(const Conversation& conversation, bool prompt) const {
  auto turns = conversation.turns;
  if (prompt && !turns.empty() && turns.back().role == "assistant") turns.pop_back();
  const auto chat = text::encode_chat(chat_, turns, prompt);
  Row row{chat.ids, chat.ids, {}, conversation.id};
  for (std::size_t i = 0; i < row.labels.size(); ++i)
    if (prompt || !chat.assistant[i]) row.labels[i] = -100;
  const auto images = std::count(row.tokens.begin(), row.tokens.end(), image_id_);
  if (images != static_cast<std::ptrdiff_t>(conversation.pages.size()))
    throw_data(conversation.name, " shows ", images, " images but has ", conversation.pages.size(),
               "; remove <|image|> from its text");
  return row;
}

/// Cuts the row to batch.max_tokens, or leaves it out, as the config says; whether it stays.
bool BatchMaker::shorten(Row& row, const Conversation& conversation) const {
  const auto most = static_cast<std::size_t>(batch_.max_tokens);
  if (row.tokens.size() <= most) return true;
  if (batch_.too_long == "stop")
    throw_usage(conversation.name, " has ", row.tokens.size(),
                " tokens, more than batch.max_tokens ", most,
                "; raise it, or set batch.too_long to skip or cut");
  const auto kept = row.labels.begin() + static_cast<std::ptrdiff_t>(most);
  const bool learns =
      std::any_of(row.labels.begin(), kept, [](std::int64_t label) { return label >= 0; });
  if (batch_.too_long == "skip" || !learns) {
    log_->note(
        conversation.name, "length",
        cat(row.tokens.size(), " tokens, more than batch.max_tokens ", most,
            batch_.too_long == "cut" ? ", and no answer among those that would be kept" : ""));
    return false;
  }
  row.tokens.resize(most);
  row.labels.resize(most);
  return true;
}

std::size_t BatchMaker::length(const Conversation& conversation) const {
  return text::encode_chat(chat_, conversation.turns, false).ids.size();
}

}  // namespace ecg_lora::data
