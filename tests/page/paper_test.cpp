// Effects, presets, seeds and threads.
#include "ecg_lora/page/paper/paper.h"

#include <opencv2/core.hpp>
#include <sstream>
#include <thread>

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/config/fields.h"
#include "paper_pages.h"

namespace ecg_lora::page {
namespace {

using namespace testing;
using ecg_lora::testing::error_of;
using ecg_lora::testing::has;

constexpr const char* kSpoiling[] = {"scan", "phone_photo", "old_archive"};

Json parameters(const AppliedPaper& applied) {
  return to_json(applied).at("effects");
}

/// How far the box of the rhythm strip moved, px.
double moved(const Page& page, const Page& before) {
  double most = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto &to = page.boxes.back().corners[i], &from = before.boxes.back().corners[i];
    most = std::max(most, distance(to, from));
  }
  return most;
}

double mean_difference(const Image& a, const Image& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.rgb.size(); ++i)
    sum += std::abs(static_cast<int>(a.rgb[i]) - static_cast<int>(b.rgb[i]));
  return sum / static_cast<double>(a.rgb.size());
}

TEST(Paper, CleanLeavesEveryByte) {
  auto page = synthetic_page();
  const auto before = page;
  const auto applied = apply_paper(page, preset("clean"), 1, 1);
  EXPECT_TRUE(preset("clean").is_clean());
  EXPECT_EQ(page.image.rgb, before.image.rgb);
  EXPECT_EQ(page.px_per_mm, before.px_per_mm);
  EXPECT_TRUE(applied.effects.empty());
  EXPECT_EQ(applied.homography, (std::array<double, 9>{1, 0, 0, 0, 1, 0, 0, 0, 1}));
  EXPECT_EQ(applied.points_outside, 0u);
  EXPECT_EQ(applied.mesh.points[1].x, 100);
}

TEST(Paper, ZeroStrengthIsAbsentAndASetOneOverridesThePreset) {
  for (const char* name : kSpoiling) {
    auto config = preset(name);
    EXPECT_FALSE(config.is_clean());
    for (const auto effect : all_effects()) config[effect] = 0;
    EXPECT_TRUE(config.is_clean());
    auto page = synthetic_page();
    const auto before = page.image.rgb;
    EXPECT_TRUE(apply_paper(page, config, 1, 1).effects.empty());
    EXPECT_EQ(page.image.rgb, before);
    config[PaperEffect::stain] = 0.25;
    EXPECT_EQ(config.strength(PaperEffect::stain), 0.25);
    const auto applied = apply_paper(page, config, 1, 1);
    ASSERT_EQ(applied.effects.size(), 1u);
    EXPECT_EQ(applied.effects[0].name, "stain");
    EXPECT_EQ(applied.effects[0].strength, 0.25);
  }
}

TEST(Paper, ConfigIsReadCheckedAndDumped) {
  const auto config = config::from_json<PaperConfig>(
      Json{{"preset", "scan"}, {"blur", 0.5}, {"noise", 0}}, "c.json");
  EXPECT_EQ(config.strength(PaperEffect::blur), 0.5);
  EXPECT_EQ(config.strength(PaperEffect::noise), 0);
  EXPECT_GT(config.strength(PaperEffect::scan_edges), 0);
  EXPECT_EQ(config.strength(PaperEffect::perspective), 0);
  EXPECT_EQ(config::dump(config).size(), kPaperEffects + 1);
  EXPECT_EQ(config::from_json<PaperConfig>(config::dump(config), "again").strengths,
            config.strengths);
  EXPECT_TRUE(
      has(error_of(ExitCode::usage,
                   [] { config::from_json<PaperConfig>(Json{{"preset", "fax"}}, "c.json"); }),
          "preset"));
  EXPECT_TRUE(has(error_of(ExitCode::usage,
                           [] { config::from_json<PaperConfig>(Json{{"blur", 1.5}}, "c.json"); }),
                  "from -1 to 1, got 1.5"));
  EXPECT_TRUE(has(error_of(ExitCode::usage,
                           [] { config::from_json<PaperConfig>(Json{{"blurr", 1}}, "c.json"); }),
                  "nearest: 'blur'"));
  EXPECT_TRUE(
      has(error_of(ExitCode::usage, [] { static_cast<void>(preset("fax").is_clean()); }), "fax"));
}

TEST(Paper, TheDocumentedPresetsAreThese) {
  std::istringstream lines(read_file("docs/users/paper.md"));
  std::size_t rows = 0;
  for (std::string line; std::getline(lines, line);)
    for (const auto effect : all_effects()) {
      if (line.rfind(cat("| ", effect_name(effect), " | "), 0) != 0 ||
          std::count(line.begin(), line.end(), '|') != 5)
        continue;
      std::string expected = cat("| ", effect_name(effect), " |");
      for (const char* name : kSpoiling) {
        const double strength = preset(name).strength(effect);
        expected += strength > 0 ? cat(" ", strength, " |") : " |";
      }
      EXPECT_EQ(line, expected);
      ++rows;
    }
  EXPECT_EQ(rows, kPaperEffects);
}

// No dead flags: each effect acts, more so with more strength, and says what it did.
TEST(Paper, EveryEffectActsAndReports) {
  for (const auto effect : all_effects()) {
    double weak = 0, strong = 0;
    for (std::uint64_t key = 1; key <= 4; ++key) {
      const auto clean = synthetic_page();
      auto little = clean, much = clean;
      const auto applied = apply_paper(little, only(effect, 0.2), 8, key);
      apply_paper(much, only(effect, 1), 8, key);
      ASSERT_EQ(applied.effects.size(), 1u);
      EXPECT_EQ(applied.effects[0].name, effect_name(effect));
      EXPECT_FALSE(applied.effects[0].parameters.empty());
      EXPECT_NE(applied.find(effect_name(effect)), nullptr);
      EXPECT_EQ(little.image.width, clean.image.width);
      EXPECT_EQ(little.image.rgb.size(), clean.image.rgb.size());
      EXPECT_NE(little.image.rgb, clean.image.rgb) << effect_name(effect);
      // One pixel aside changes a grid as much as ten.
      const bool moves = moved(much, clean) > 10;
      weak += moves ? moved(little, clean) : mean_difference(little.image, clean.image);
      strong += moves ? moved(much, clean) : mean_difference(much.image, clean.image);
    }
    EXPECT_GT(strong, weak) << effect_name(effect);
  }
}

TEST(Paper, TheSeedCoversEverything) {
  for (const char* name : kSpoiling) {
    auto a = synthetic_page(), b = a, other_seed = a, other_key = a;
    const auto one = apply_paper(a, preset(name), 5, 6), two = apply_paper(b, preset(name), 5, 6);
    EXPECT_EQ(a.image.rgb, b.image.rgb) << name;
    EXPECT_EQ(to_json(one), to_json(two)) << name;
    EXPECT_NE(parameters(apply_paper(other_seed, preset(name), 6, 6)), parameters(one));
    EXPECT_NE(parameters(apply_paper(other_key, preset(name), 5, 7)), parameters(one));
  }
}

TEST(Paper, ThreadsChangeNoByte) {
  auto config = preset("phone_photo");
  for (const auto effect : all_effects()) config[effect] = 0.6;
  const int threads_before = cv::getNumThreads();
  std::vector<std::vector<std::uint8_t>> pictures(6);
  const auto picture = [&](std::size_t i) {
    auto page = synthetic_page();
    apply_paper(page, config, 3, 1);
    pictures[i] = page.image.rgb;
  };
  for (const int count : {1, 4}) {
    cv::setNumThreads(count);
    picture(count == 1 ? 0 : 1);
  }
  std::vector<std::thread> threads;
  for (std::size_t i = 2; i < pictures.size(); ++i) threads.emplace_back(picture, i);
  for (auto& thread : threads) thread.join();
  cv::setNumThreads(threads_before);
  for (const auto& one : pictures) EXPECT_TRUE(one == pictures[0]);
}

TEST(Paper, NoGlobalStateIsReadOrLeft) {
  cv::theRNG().state = 12345;
  const auto before = synthetic_page();
  auto page = before, again = before;
  auto config = preset("old_archive");
  config[PaperEffect::moire] = 0.5;
  apply_paper(page, config, 3, 1);
  EXPECT_EQ(cv::theRNG().state, 12345u);
  cv::theRNG().state = 99;
  apply_paper(again, config, 3, 1);
  EXPECT_EQ(page.image.rgb, again.image.rgb);
  EXPECT_EQ(synthetic_page().image.rgb, before.image.rgb);  // colours of the next page
}

TEST(Paper, NoEffectChangesWhatAnotherDraws) {
  PaperConfig all;
  all.strengths.fill(0.5);
  auto page = synthetic_page();
  const auto whole = parameters(apply_paper(page, all, 17, 2));
  ASSERT_EQ(whole.size(), kPaperEffects);
  for (const auto effect : all_effects()) {
    auto without = all;
    without[effect] = 0;
    auto other = synthetic_page();
    auto expected = whole;
    expected.erase(effect_name(effect));
    EXPECT_EQ(parameters(apply_paper(other, without, 17, 2)), expected) << effect_name(effect);
  }
}

TEST(Paper, StrengthsOfASeedScaleWhatIsDrawn) {
  auto little = synthetic_page(), much = little;
  const auto a = parameters(apply_paper(little, only(PaperEffect::rotation, 0.25), 3, 1)),
             b = parameters(apply_paper(much, only(PaperEffect::rotation, 1), 3, 1));
  EXPECT_NEAR(4 * a["rotation"]["degrees"].get<double>(), b["rotation"]["degrees"].get<double>(),
              1e-3);
}

TEST(Paper, PagesOfAnySizeSurviveEverything) {
  for (const auto& [width, height] : {std::pair{1, 1}, {2, 3}, {17, 5}, {63, 200}, {301, 77}})
    for (const double px_per_mm : {0.5, 4.0, 12.0}) {
      Page page;
      page.image = {width, height,
                    std::vector<std::uint8_t>(static_cast<std::size_t>(width * height) * 3, 255)};
      page.px_per_mm = px_per_mm;
      PaperConfig config;
      config.strengths.fill(1);
      for (std::uint64_t key = 0; key < 3; ++key) {
        const auto applied = apply_paper(page, config, 1, key);
        EXPECT_EQ(applied.effects.size(), kPaperEffects);
        EXPECT_EQ(page.image.rgb.size(), static_cast<std::size_t>(width * height) * 3);
        page.px_per_mm = px_per_mm;
      }
    }
}

TEST(Paper, RefusesAPageThatIsNone) {
  Page page;
  EXPECT_TRUE(
      has(error_of(ExitCode::data, [&] { apply_paper(page, preset("scan"), 1, 1); }), "0 x 0 px"));
  page.image = {4, 4, std::vector<std::uint8_t>(11)};
  page.px_per_mm = 4;
  EXPECT_TRUE(
      has(error_of(ExitCode::data, [&] { apply_paper(page, preset("scan"), 1, 1); }), "11 bytes"));
}

}  // namespace
}  // namespace ecg_lora::page
