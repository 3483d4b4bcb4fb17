// Prints measurements for check_features.py: for each argument a line of JSON.
#include <iostream>

#include "ecg_lora/base/json.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/ecg/features/axis.h"
#include "ecg_lora/ecg/features/rr_statistics.h"

namespace {

using namespace ecg_lora;

int print(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const auto record = wfdb::read_record(argv[i]);
    const auto beats = features::find_beats(record);
    const auto rr = features::measure_rr(beats);
    const auto axis = features::measure_axis(record, beats);
    Json line{{"record", argv[i]}};
    line["beats"] = beats ? Json(beats->times) : Json{{"reason", beats.reason()}};
    line["rr"] = rr ? Json{{"rate", rr->rate},
                           {"variation", rr->variation},
                           {"wander", rr->wander},
                           {"largest", rr->largest},
                           {"regularity", name_of(rr->regularity)}}
                    : Json{{"reason", rr.reason()}};
    line["axis"] = axis ? Json{{"degrees", axis->degrees},
                               {"net", axis->net},
                               {"class", name_of(axis->axis_class())}}
                        : Json{{"reason", axis.reason()}};
    std::cout << line.dump() << '\n';
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return guarded([&] { return print(argc, argv); });
}
