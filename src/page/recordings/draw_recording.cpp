#include "ecg_lora/page/recordings/draw_recording.h"

#include "ecg_lora/base/hash.h"
#include "ecg_lora/config/fields.h"

namespace ecg_lora::page {

GroundTruth draw_record(const wfdb::Record& record, const Recording& recording,
                        const PageStyle& style) {
  const auto header = header_of(record, recording.known);
  GroundTruth truth{
      record.name, {{"page", config::dump(style.page)}}, draw_page(record, style.page, header)};
  if (style.paper.is_clean()) return truth;
  // The key is the name, so that a page stays the same whatever else is drawn.
  const auto key = std::stoull(sha256(recording.name).substr(0, 16), nullptr, 16);
  truth.parameters["seed"] = style.seed;
  truth.parameters["paper"] = to_json(apply_paper(truth.page, style.paper, style.seed, key));
  return truth;
}

GroundTruth draw_recording(const Recording& recording, const PageStyle& style) {
  return draw_record(wfdb::read_record(recording.record), recording, style);
}

}  // namespace ecg_lora::page
