// report.html of labels: one page that needs no other file, for a cardiologist and a reviewer.
#pragma once

#include <functional>
#include <string>

#include "ecg_lora/report/scores_report.h"

namespace ecg_lora::report {

struct PageOptions {
  std::string title = "Evaluation";
  /// PNG bytes of a record's ECG page, shown with its error; empty for none. The report draws
  /// nothing itself.
  std::function<std::string(int ecg_id)> png = {};
};

/// The whole page as HTML, without links to other files.
std::string evaluation_page(const metrics::Evaluation& evaluation, const Provenance& provenance,
                            const PageOptions& options);

}  // namespace ecg_lora::report
