#include "ecg_lora/inference/predictor/answer_pages.h"

#include <iostream>

#include "answer_lines.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/output.h"
#include "ecg_lora/base/progress.h"

namespace ecg_lora::inference {
namespace {

/// What is printed of a page, or why it has no answer.
struct Printed {
  bool unread = false;
  std::string text;

  std::string packed() const { return (unread ? "-" : "+") + text; }
  static Printed unpack(const std::string& packed) { return {packed[0] == '-', packed.substr(1)}; }
};

/// The pages of one command.
class Pages {
 public:
  Pages(Predictor& predictor, const std::vector<data::PageRef>& pages, std::vector<Answer> answers,
        bool json)
      : predictor_(predictor),
        pages_(pages),
        answers_(std::move(answers)),
        json_(json),
        progress_("answering", count(), "pages") {}

  std::int64_t count() const { return static_cast<std::int64_t>(pages_.size()); }

  /// What is printed of page `i`.
  std::string answer(std::int64_t i) {
    const auto& page = pages_[static_cast<std::size_t>(i)];
    try {
      predictor_.answer(page, answers_);
      const auto text =
          json_ ? json_lines(page, answers_) : text_lines(page, answers_, count() > 1);
      return Printed{false, text}.packed();
    } catch (const Error& error) {
      if (count() == 1 || error.code() != ExitCode::data) throw;
      return Printed{true, error.what()}.packed();
    }
  }

  void print(std::int64_t i, const std::string& packed) {
    const auto printed = Printed::unpack(packed);
    if (printed.unread)
      report_unread(pages_[static_cast<std::size_t>(i)], printed.text);
    else
      std::cout << printed.text;
    flush();
    progress_.advance();
  }

  /// Whether nobody reads any more.
  bool closed() const { return closed_; }

  void check_all_read() const {
    if (unread_ > 0)
      throw_data(
          unread_, " of ", pages_.size(),
          " pages have no answer, expected files that can be read; replace those named above "
          "or leave them out");
  }

 private:
  void report_unread(const data::PageRef& page, const std::string& why) {
    ++unread_;
    log_error(why);
    if (json_) std::cout << error_line(page, why);
  }

  /// If nobody reads any more, an Error ends all ranks, with the code of success.
  void flush() {
    try {
      check_output();
    } catch (const OutputClosed&) {
      closed_ = true;
      throw Error(ExitCode::done, "the reader of the answers has left");
    }
  }

  Predictor& predictor_;
  const std::vector<data::PageRef>& pages_;
  std::vector<Answer> answers_;
  bool json_, closed_ = false;
  std::size_t unread_ = 0;
  Progress progress_;
};

}  // namespace

void answer_pages(distributed::Team& team, Predictor& predictor,
                  const std::vector<data::PageRef>& pages, std::vector<Answer> answers, bool json) {
  Pages work(predictor, pages, std::move(answers), json);
  try {
    team.share(
        0, work.count(), [&](std::int64_t i) { return work.answer(i); },
        [&](std::int64_t i, const std::string& packed) { work.print(i, packed); });
  } catch (const Error&) {
    if (work.closed()) throw OutputClosed{};
    throw;
  }
  team.first_only([&] { work.check_all_read(); });
}

}  // namespace ecg_lora::inference
