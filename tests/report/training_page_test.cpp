#include "ecg_lora/report/training_page.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/expect_error.h"
#include "report/curve_plot.h"

namespace ecg_lora::report {
namespace {

using testing::has;

TrainingRun example() {
  TrainingRun run;
  run.name = "try <1>";
  run.config = {{"model", "models/pages"}, {"optimizer", {{"lr", 0.001}}}};
  run.data = {{"steps", 40},
              {"batches", 20},
              {"training",
               {{{"source", "data"},
                 {"labels", "superclass"},
                 {"samples", 100},
                 {"records", 20},
                 {"cut", 7},
                 {"left_out", {{"too_long", 3}}}}}}};
  for (int step = 1; step <= 30; ++step)
    run.metrics.push_back({{"step", step},
                           {"loss", step == 12 ? Json() : Json(3.0 / step)},
                           {"lr", 1e-4},
                           {"grad_norm", 1.0 / step},
                           {"samples_per_s", 8},
                           {"tokens_per_s", 300},
                           {"seconds", 0.5},
                           {"data_wait_s", 0.05},
                           {"memory_mib", 512},
                           {"peak_memory_mib", 600},
                           {"skipped", step == 12}});
  run.metrics.push_back(
      {{"step", 12}, {"warning", "not_finite"}, {"message", "skipped: loss nan, samples 7 & 8"}});
  for (const int step : {10, 20, 30})
    run.metrics.push_back({{"step", step},
                           {"validation_loss", 2.0 + std::abs(step - 20)},
                           {"validation_auroc", 0.5 + step / 100.0},
                           {"auroc", {{"MI", 0.7}, {"HYP", nullptr}}},
                           {"answers",
                            {{{"page", 0},
                              {"sample", "record 5"},
                              {"question", "<MI>?"},
                              {"expected", "Yes"},
                              {"answer", step < 30 ? "No" : "Yes & no"},
                              {"p_yes", step / 40.0}}}}});
  run.pages = {"PNG bytes"};
  return run;
}

TEST(TrainingPage, HoldsWhatTheRunHolds) {
  const auto page = training_page(example());
  for (const char* part :
       {"<title>Training run try &lt;1&gt;", "<b>30</b> of 40 steps", "2.0000",
        "best, after step 20", "600 MiB", "10 %", "skipped: loss nan, samples 7 &amp; 8",
        "&lt;MI&gt;?", "Yes &amp; no", "0.750", "data:image/png;base64,", "optimizer.lr",
        "data, labels superclass", "1 warnings, 1 steps skipped"})
    EXPECT_TRUE(has(page, part));
  EXPECT_EQ(page.find("http"), std::string::npos) << "the page names the network";
  EXPECT_EQ(page.find("nan\""), std::string::npos) << "a coordinate is not a number";
}

TEST(TrainingPage, OfARunThatHasJustBegun) {
  TrainingRun run;
  run.name = "new";
  run.config = Json::object();
  run.metrics.push_back({{"step", 1}, {"loss", 3.0}, {"lr", 0.0}, {"seconds", 0.1}});
  const auto page = training_page(run);
  EXPECT_TRUE(has(page, "Warnings"));
  EXPECT_EQ(page.find("nan"), std::string::npos);
  EXPECT_EQ(page.find("inf\""), std::string::npos);
}

TEST(CurvePlot, TicksAndMedians) {
  EXPECT_DOUBLE_EQ(tick_step(1, 4), 0.5);
  EXPECT_DOUBLE_EQ(tick_step(100, 5), 20);
  EXPECT_DOUBLE_EQ(tick_step(0.0007, 4), 0.0002);
  const metrics::Points spiky{{1, 1}, {2, 1}, {3, 50}, {4, 1}, {5, 1}};
  EXPECT_DOUBLE_EQ(smoothed(spiky, 4)[2].second, 1);
  EXPECT_EQ(smoothed({}, 5).size(), 0u);
  EXPECT_EQ(curve_plot({"step", "nothing", {{{}, "a"}}}), "");
  EXPECT_EQ(curve_plot({"step", "below 0 on a log axis", {{{{1, -1}}, "a"}}, false, true}), "");
}

}  // namespace
}  // namespace ecg_lora::report
