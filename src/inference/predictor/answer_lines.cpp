#include <iomanip>
#include <sstream>

#include "answer_lines.h"
#include "ecg_lora/base/json_text.h"
#include "ecg_lora/inference/predictor/answer_pages.h"

namespace ecg_lora::inference {
namespace {

Json line_of(const data::PageRef& page) {
  return {{page.recording ? "record" : "image", page.path.string()}};
}

}  // namespace

std::string error_line(const data::PageRef& page, const std::string& error) {
  auto line = line_of(page);
  line["error"] = error;
  return json_text(line) + "\n";
}

std::string json_lines(const data::PageRef& page, const std::vector<Answer>& answers) {
  std::string lines;
  for (const auto& one : answers) {
    auto line = line_of(page);
    if (!one.label.empty()) line["label"] = one.label;
    line["question"] = one.question;
    if (!one.wording.empty()) line["wording"] = one.wording;
    if (one.p_yes) line["p_yes"] = *one.p_yes, line["p_yes_is"] = "yes_no_likelihood";
    if (one.decoded)
      line["answer"] = one.text, line["logprob"] = one.decoded->logprob,
      line["stopped"] = one.decoded->stopped;
    lines += json_text(line) + "\n";
  }
  return lines;
}

std::string text_lines(const data::PageRef& page, const std::vector<Answer>& answers,
                       bool several_pages) {
  std::ostringstream out;
  if (several_pages) out << "# " << page.path.string() << "\n";
  const bool several = answers.size() > 1;
  out << std::fixed << std::setprecision(4);
  for (const auto& one : answers) {
    if (!one.label.empty()) {
      out << *one.p_yes << "  " << one.label
          << (one.label == one.description ? "" : "  " + one.description) << "\n";
      continue;
    }
    if (several) out << one.question << "\n";
    out << one.text << "\n";
    if (one.p_yes) out << "P(yes) " << *one.p_yes << "\n";
  }
  return out.str();
}

}  // namespace ecg_lora::inference
