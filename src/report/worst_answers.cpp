#include "worst_answers.h"

#include <algorithm>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/join.h"
#include "ecg_lora/metrics/texts/text_metrics.h"
#include "format.h"
#include "html.h"

namespace ecg_lora::report {
namespace {

constexpr std::size_t kMaxOptions = 10, kMaxBytes = 1200;

/// At most kMaxBytes, not cut within a character.
std::string shortened(const std::string& text) {
  if (text.size() <= kMaxBytes) return text;
  auto end = kMaxBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + " …";
}

/// How bad an answer is; empty for one that is right.
std::optional<double> badness(const metrics::TaskAnswer& a) {
  if (const auto right = metrics::is_right(a))
    return *right ? std::nullopt : std::optional(metrics::parse_answer(a) ? 1.0 : 2.0);
  return 1 - metrics::rouge_l({a.answer.value_or(""), a.gold.front()}).f;
}

/// Which options were read in the answer.
std::string reading_of(const metrics::TaskAnswer& a) {
  const auto places = metrics::parse_answer(a);
  if (!places) return "not read";
  std::vector<std::string> names;
  for (const auto place : *places) names.push_back(a.options[place]);
  return "read as " + (names.empty() ? "none" : joined(names));
}

/// The answer in words, and likelihoods of options.
std::string answer_text(const metrics::TaskAnswer& a) {
  std::string html;
  if (a.answer)
    html = cat("<p class=\"quote\">",
               a.answer->empty() ? "(an empty answer)" : escape(shortened(*a.answer)), "</p>\n");
  else if (a.probability.empty())
    html = "<p class=\"quote\">(no answer)</p>\n";
  for (std::size_t o = 0; o < a.probability.size() && o < kMaxOptions; ++o)
    html +=
        cat("<p class=\"facts\">", escape(a.options[o]), ": ", fixed(a.probability[o]), "</p>\n");
  return html;
}

std::string gold_text(const metrics::TaskAnswer& a) {
  if (a.kind == metrics::AnswerKind::text) return a.gold.front();
  return a.gold.empty() ? "none" : joined(a.gold);
}

std::string answer_card(const metrics::TaskAnswer& a, const TasksReport& report) {
  const bool text = a.kind == metrics::AnswerKind::text;
  std::string html =
      cat("<article class=\"error\"><h3>", escape(a.id),
          text ? "" : cat(" <span>", escape(reading_of(a)), "</span>"), "</h3>\n<p>",
          escape(shortened(a.question)), "</p>\n", answer_text(a), "<p class=\"facts\">right: <b>",
          escape(shortened(gold_text(a))), "</b> · ", escape(a.record), "</p>\n");
  if (report.png)
    if (const auto png = report.png(a); !png.empty())
      html +=
          cat("<img alt=\"page of question ", escape(a.id), "\" src=\"", data_url(png), "\">\n");
  return html + "</article>\n";
}

}  // namespace

std::string worst_answers(const TasksReport& report, const metrics::TaskScores& scores) {
  std::vector<std::pair<double, const metrics::TaskAnswer*>> bad;
  for (const auto& a : report.answers)
    if (a.task == scores.task && a.kind == scores.kind)
      if (const auto b = badness(a)) bad.emplace_back(*b, &a);
  std::stable_sort(bad.begin(), bad.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  bad.resize(std::min(bad.size(), report.worst));
  std::string html;
  for (const auto& [badness_of, a] : bad) html += answer_card(*a, report);
  if (html.empty()) return "";
  return cat("<details class=\"print\"", report.scores.size() == 1 ? " open" : "", "><summary>",
             bad.size(),
             scores.kind == metrics::AnswerKind::text ? " answers farthest from their references"
                                                      : " wrong answers",
             "</summary><div class=\"errors\">\n", html, "</div></details>\n");
}

}  // namespace ecg_lora::report
