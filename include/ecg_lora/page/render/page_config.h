// How a page is drawn: the `page` section of a config.
#pragma once

#include <string>
#include <vector>

namespace ecg_lora::page {

/// The defaults are the page that models/pages was trained on: 3x4 with II as rhythm strip, 1120 x
/// 864 px.
struct PageConfig {
  std::string paper = "model";  ///< sheet; docs/users/pages.md has their sizes
  double px_per_mm =
      0;  ///< px/mm; 0: the paper's own (4 for model and 2:1, 8 for 4:1, 200 dpi for a4 and letter)
  double mm_per_s = 25;            ///< paper speed
  double mm_per_mv = 10;           ///< gain
  std::string layout = "3x4";      ///< rows x columns of the twelve leads, filled column by column
  std::string order = "standard";  ///< of the limb leads; cabrera: aVL, I, -aVR, II, aVF, III
  std::vector<std::string> rhythm_leads{
      "II"};  ///< strips of the whole width below the twelve leads; at most three
  std::string colours = "pink";  ///< of the grid; ink is black on all
  bool calibration = true;       ///< 1 mV pulse, 0.2 s wide, at the start of each row
  bool header = false;           ///< print what is known of patient and recording, speed and gain
  template <class V>
  void visit(V& v) {
    v.field("paper", paper,
            "sheet: model 280 x 216 mm, 2:1 280 x 140 mm, 4:1 280 x 70 mm, a4, letter (landscape)")
        .one_of({"model", "2:1", "4:1", "a4", "letter"});
    v.field("px_per_mm", px_per_mm,
            "resolution, px/mm; 0 for the paper's own: 4, 4, 8, 7.874, 7.874")
        .range(0, 40);
    v.field("mm_per_s", mm_per_s, "paper speed, mm/s").one_of({25, 50});
    v.field("mm_per_mv", mm_per_mv, "gain, mm/mV").one_of({5, 10, 20});
    v.field("layout", layout, "rows x columns of the twelve leads").one_of({"3x4", "6x2", "12x1"});
    v.field("order", order, "of the limb leads; cabrera: aVL, I, -aVR, II, aVF, III")
        .one_of({"standard", "cabrera"});
    v.field("rhythm_leads", rhythm_leads, "leads of the rhythm strips, at most three; [] for none")
        .one_of({"I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"});
    v.field("colours", colours, "of the grid")
        .one_of({"pink", "brown", "blue", "green", "red", "black_and_white"});
    v.field("calibration", calibration, "draw a 1 mV pulse at the start of each row");
    v.field("header", header, "print what is known of patient and recording, speed and gain");
  }
};

}  // namespace ecg_lora::page
