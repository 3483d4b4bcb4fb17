// How samples are made: the fields of `prepare questions --set`.
#pragma once

#include <string>

namespace ecg_lora::instruct {

struct GenerationOptions {
  double minimum_likelihood = 50;
  std::string unstated = "form_and_rhythm";
  int per_record = 8, options = 4;
  double largest_share = 0.5, rate_margin = 3, axis_margin = 10, adult_age = 16;
  bool varied = true;
  template <class V>
  void visit(V& v) {
    v.field("minimum_likelihood", minimum_likelihood,
            "percent; a statement below it is neither yes nor no, and 'possible' in lists")
        .range(0, 100);
    v.field("unstated", unstated,
            "what a likelihood of 0 means: form_and_rhythm (yes for pure form and rhythm "
            "statements, which have no other; else left out), present or left_out")
        .one_of({"form_and_rhythm", "present", "left_out"});
    v.field("per_record", per_record, "most yes_no samples of a recording; 0 for no limit")
        .range(0, 1000);
    v.field("options", options, "options of a choice").range(2, 8);
    v.field("largest_share", largest_share,
            "most that one answer may make of list, categories, rhythm, rate_class, regularity and "
            "axis; 1 keeps all")
        .range(0.05, 1);
    v.field("rate_margin", rate_margin,
            "rate_class leaves out rates this close to 60 and 100, beats per minute")
        .range(0, 30);
    v.field("axis_margin", axis_margin,
            "axis leaves out axes this close to -90, -30, 90 and 180 degrees")
        .range(0, 30);
    v.field("adult_age", adult_age,
            "rate_class and axis leave out younger patients, years: other limits hold for them")
        .range(0, 100);
    v.field("varied", varied, "draw among several wordings; false: the first of each kind");
  }
};

}  // namespace ecg_lora::instruct
