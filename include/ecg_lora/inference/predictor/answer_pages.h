// Many pages, shared by the processes of a launch; what is printed of each.
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/inference/predictor/predictor.h"
#include "ecg_lora/train/distributed/shared_work.h"

namespace ecg_lora::inference {

/// A JSON object for each answer on `page`, one per line.
std::string json_lines(const data::PageRef& page, const std::vector<Answer>& answers);
/// The same for people. Of several pages, each is named; of several answers, each question.
std::string text_lines(const data::PageRef& page, const std::vector<Answer>& answers,
                       bool several_pages);

/// The ranks share the pages; the first prints the answers on all of them to std::cout, in order.
/// One of several pages that cannot be read does not cost the others their answers: it is named as
/// the log comes to it, and a data error ends the command when all are done. OutputClosed if nobody
/// reads any more.
void answer_pages(distributed::Team& team, Predictor& predictor,
                  const std::vector<data::PageRef>& pages, std::vector<Answer> answers, bool json);

}  // namespace ecg_lora::inference
