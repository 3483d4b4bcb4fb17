// Sample pages with the answers at each validation, data and config.
#include <algorithm>
#include <map>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/join.h"
#include "format.h"
#include "html.h"
#include "page_parts.h"
#include "training_parts.h"

namespace ecg_lora::report {
namespace {

constexpr std::size_t kShownAnswers = 8;  ///< of a page: the first, the last, and some between

struct Asked {
  std::string sample, question, expected;
  std::vector<std::pair<std::int64_t, Json>> answers;  ///< by step
};

std::map<std::size_t, Asked> answers_of(const TrainingRun& run) {
  std::map<std::size_t, Asked> pages;
  for (const auto& line : run.metrics)
    if (line.contains("answers"))
      for (const auto& answer : line["answers"]) {
        auto& page = pages[answer.at("page").get<std::size_t>()];
        page.sample = answer.value("sample", "");
        page.question = answer.value("question", "");
        page.expected = answer.value("expected", "");
        page.answers.emplace_back(line.at("step").get<std::int64_t>(), answer);
      }
  return pages;
}

std::string answers_table(const Asked& asked) {
  const bool yes_no = asked.answers.back().second.contains("p_yes");
  std::vector<Column> columns{{"step"}, {"answer", "", false}};
  if (yes_no) columns.push_back({"P(yes)"});
  std::vector<Row> rows;
  const auto count = asked.answers.size(), shown = std::min(count, kShownAnswers);
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& [step, answer] = asked.answers[shown == 1 ? 0 : i * (count - 1) / (shown - 1)];
    Row row{{{std::to_string(step)}, {escape(answer.value("answer", "no page")), "", "text"}}};
    if (yes_no)
      row.cells.push_back(
          {answer.contains("p_yes") ? fixed(answer["p_yes"].get<double>(), 3) : ""});
    rows.push_back(std::move(row));
  }
  return html_table(columns, rows, false, "answers at each validation");
}

std::string source_name(const Json& source) {
  return source.contains("labels")
             ? cat(source.value("source", ""), ", labels ", source.value("labels", ""))
             : source.value("source", "");
}

std::string sources_table(const Json& sources, const std::string& caption) {
  std::vector<Row> rows;
  for (const auto& source : sources) {
    std::int64_t left_out = 0;
    const auto reasons = source.value("left_out", Json::object());
    for (const auto& [reason, count] : reasons.items()) left_out += count.get<std::int64_t>();
    rows.push_back({{{escape(source_name(source)), "", "text"},
                     {source.contains("folds") ? escape(source["folds"].dump()) : "", "", ""},
                     {cat(source.value("samples", std::int64_t{0}))},
                     {source.contains("records") ? source["records"].dump()
                                                 : cat(source.value("page_sets", std::int64_t{0}))},
                     {cat(source.value("weight", 1.0))},
                     {cat(source.value("cut", std::int64_t{0}))},
                     {cat(left_out)}}});
  }
  if (rows.empty()) return "<p>none</p>\n";
  return html_table({{"source", "", false},
                     {"folds", "", false},
                     {"samples"},
                     {"page sets", "records, or sets of pages that samples share"},
                     {"weight", "how often each comes in an epoch"},
                     {"cut", "answers that the length limit cuts off"},
                     {"left out"}},
                    rows, false, caption);
}

}  // namespace

std::string run_samples_part(const TrainingRun& run) {
  std::string html;
  for (const auto& [number, asked] : answers_of(run)) {
    html += cat("<article class=\"error\"><h3>", escape(asked.sample), "</h3>\n<p>",
                escape(asked.question), "</p>\n<p class=\"facts\">expected <b>",
                escape(asked.expected), "</b></p>\n", answers_table(asked));
    if (number < run.pages.size() && !run.pages[number].empty())
      html += cat("<img alt=\"page of ", escape(asked.sample), "\" src=\"",
                  data_url(run.pages[number]), "\">\n");
    html += "</article>\n";
  }
  if (html.empty()) return "";
  return section("samples", "Sample pages",
                 "The same questions on the same validation pages, answered after each validation.",
                 "<div class=\"errors\">\n" + html + "</div>\n");
}

std::string run_data_part(const TrainingRun& run) {
  if (!run.data.is_object()) return "";
  const auto names = joined(run.data.value("labels", Json::array()),
                            [](const Json& label) { return escape(label.value("name", "")); });
  const auto html = cat(
      "<h3>Training</h3>\n",
      sources_table(run.data.value("training", Json::array()), "training data"),
      "<h3>Validation</h3>\n",
      sources_table(run.data.value("validation", Json::array()), "validation data"),
      "<p class=\"facts\"><b>", run.data.value("batches", std::int64_t{0}),
      "</b> batches an epoch · <b>", run.data.value("trainable_parameters", std::int64_t{0}),
      "</b> of ", run.data.value("parameters", std::int64_t{0}), " parameters are trained</p>\n",
      names.empty() ? "" : "<p class=\"note\">Labels: " + names + "</p>\n");
  return section("data", "Data", "What the run learns from, counted before its first step.", html);
}

std::string run_config_part(const TrainingRun& run) {
  return section("config", "Config", "All fields, as they were resolved.", fact_list(run.config));
}

}  // namespace ecg_lora::report
