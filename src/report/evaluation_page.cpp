#include "ecg_lora/report/evaluation_page.h"

#include "page_parts.h"

namespace ecg_lora::report {

std::string evaluation_page(const metrics::Evaluation& evaluation, const Provenance& provenance,
                            const PageOptions& options) {
  return html_page(options.title, header_part(evaluation, provenance, options.title) +
                                      cards_part(evaluation) + means_part(evaluation) +
                                      labels_part(evaluation) + curves_part(evaluation) +
                                      calibration_part(evaluation) + cooccurrence_part(evaluation) +
                                      groups_part(evaluation) + errors_part(evaluation, options) +
                                      provenance_part(evaluation, provenance));
}

}  // namespace ecg_lora::report
