// Contact sheets of what happens to paper, and single pages at full size.
#include <cmath>
#include <iostream>
#include <opencv2/imgproc.hpp>

#include "ecg_lora/base/run.h"
#include "ecg_lora/command_line/command_line.h"
#include "ecg_lora/config/fields.h"
#include "ecg_lora/page/paper/paper.h"
#include "ecg_lora/synthetic/heart/signal.h"

namespace {

using namespace ecg_lora;

struct Options {
  std::string out, record;
  std::vector<std::string> sets, effects;
  bool truth = false;
  int pages = 6, columns = 3, width = 400;
  std::uint64_t seed = 1;
};

page::Page draw(const Options& options, std::uint64_t key) {
  page::PageConfig config;
  config.header = true;
  page::PageHeader header;
  header.name = options.record.empty() ? cat("synthetic recording ", key) : "record";
  if (!options.record.empty())
    return page::draw_page(wfdb::read_record(options.record), config, header);
  Random random{options.seed, key};
  return page::draw_page(synthetic::synthesise(synthetic::Morphology{}, 10, 500, random), config,
                         header);
}

/// Marks every tenth point of the traces and the corners of the boxes.
void mark_truth(page::Page& page) {
  cv::Mat picture(page.image.height, page.image.width, CV_8UC3, page.image.rgb.data());
  for (const auto& box : page.boxes)
    for (std::size_t i = 0; i < 4; ++i) {
      const auto &a = box.corners[i], &b = box.corners[(i + 1) % 4];
      cv::line(picture, cv::Point(cvRound(a.x), cvRound(a.y)),
               cv::Point(cvRound(b.x), cvRound(b.y)), {0, 160, 0}, 1, cv::LINE_AA);
    }
  for (const auto& trace : page.traces)
    for (std::size_t i = 0; i < trace.points.size(); i += 10)
      if (const auto& p = trace.points[i]; !std::isnan(p.y))
        cv::circle(picture, cv::Point(cvRound(p.x), cvRound(p.y)), 2, {255, 0, 0}, cv::FILLED);
}

struct Tile {
  page::Image image;
  std::string caption;
};

Tile make_tile(const Options& options, const page::PaperConfig& config, std::uint64_t key,
               const std::string& caption) {
  auto page = draw(options, key);
  const auto applied = page::apply_paper(page, config, options.seed, key);
  if (options.truth) mark_truth(page);
  if (options.pages == 1) std::cout << to_json(applied).dump(1) << '\n';
  return {page.image, caption};
}

/// The middle of a picture, a fifth as wide and tall: what is too fine for a small picture of the
/// whole.
page::Image detail(const page::Image& image) {
  const cv::Mat whole(image.height, image.width, CV_8UC3,
                      const_cast<std::uint8_t*>(image.rgb.data()));
  const cv::Mat part =
      whole(cv::Rect(image.width * 2 / 5, image.height * 2 / 5, image.width / 5, image.height / 5))
          .clone();
  page::Image result{part.cols, part.rows, {}};
  result.rgb.assign(part.datastart, part.dataend);
  return result;
}

bool is_fine(page::PaperEffect effect) {
  using enum page::PaperEffect;
  return effect == blur || effect == noise || effect == jpeg;
}

std::vector<page::PaperEffect> chosen_effects(const Options& options) {
  std::vector<page::PaperEffect> chosen;
  for (const auto& name : options.effects)
    for (std::size_t i = 0; i <= page::kPaperEffects; ++i) {
      if (i == page::kPaperEffects)
        throw_usage("--effects ", name, ": no such effect; --help lists them");
      if (name != page::effect_name(static_cast<page::PaperEffect>(i))) continue;
      chosen.push_back(static_cast<page::PaperEffect>(i));
      break;
    }
  return chosen;
}

std::vector<Tile> make_tiles(const Options& options) {
  Json json = Json::object();
  for (const auto& set : options.sets) config::apply_set(json, set);
  const auto config = config::from_json<page::PaperConfig>(json, "--set");
  std::vector<Tile> tiles;
  if (options.effects.empty()) {
    for (int i = 0; i < options.pages; ++i)
      tiles.push_back(make_tile(options, config, static_cast<std::uint64_t>(i), ""));
    return tiles;
  }
  for (const auto effect : chosen_effects(options))
    for (const double strength : {0.3, 1.0}) {
      auto one = config;
      one[effect] = strength;
      const auto key = static_cast<std::uint64_t>(strength < 1 ? 3 : 4);
      tiles.push_back(make_tile(
          options, one, key,
          cat(page::effect_name(effect), " ", strength, is_fine(effect) ? " (detail)" : "")));
      if (is_fine(effect)) tiles.back().image = detail(tiles.back().image);
    }
  return tiles;
}

/// Tiles side by side, each `width` px wide; 0 keeps their size.
page::Image make_sheet(const std::vector<Tile>& tiles, int columns, int width) {
  const int wide = width > 0 ? width : tiles[0].image.width,
            tall = cvRound(1.0 * wide * tiles[0].image.height / tiles[0].image.width);
  const int gap = tiles.size() > 1 ? 6 : 0, caption = tiles[0].caption.empty() ? 0 : 18;
  const int rows = (static_cast<int>(tiles.size()) + columns - 1) / columns;
  cv::Mat sheet(rows * (tall + gap + caption), columns * (wide + gap), CV_8UC3,
                cv::Scalar::all(255));
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    const auto& image = tiles[i].image;
    const cv::Mat page(image.height, image.width, CV_8UC3,
                       const_cast<std::uint8_t*>(image.rgb.data()));
    const int x = static_cast<int>(i) % columns * (wide + gap),
              y = static_cast<int>(i) / columns * (tall + gap + caption);
    cv::Mat to = sheet(cv::Rect(x, y + caption, wide, tall));
    cv::resize(page, to, to.size(), 0, 0, cv::INTER_AREA);
    if (caption > 0)
      cv::putText(sheet, tiles[i].caption, {x + 4, y + 13}, cv::FONT_HERSHEY_SIMPLEX, 0.42,
                  {0, 0, 0}, 1, cv::LINE_AA);
  }
  page::Image image{sheet.cols, sheet.rows, {}};
  image.rgb.assign(sheet.datastart, sheet.dataend);
  return image;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Draws contact sheets of what happens to paper", "paper_sheet");
  Options options;
  app.add_option("--out", options.out, "PNG to write")->required();
  app.add_option("--record", options.record, "WFDB record; without, synthetic ones");
  app.add_option("--set", options.sets, "a field of the paper, for example preset=scan");
  app.add_option("--effects", options.effects,
                 "these effects alone, each at strengths 0.3 and 1, instead of several pages");
  app.add_flag("--truth", options.truth, "mark boxes and trace points");
  app.add_option("--pages", options.pages, "pages on the sheet; one prints its parameters")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  app.add_option("--columns", options.columns, "pages side by side")
      ->check(CLI::Range(1, 20))
      ->capture_default_str();
  app.add_option("--width", options.width, "of a page on the sheet, px; 0 for its own")
      ->check(CLI::Range(0, 4000))
      ->capture_default_str();
  app.add_option("--seed", options.seed, "seed")->capture_default_str();
  app.footer("Example: paper_sheet --set preset=phone_photo --out sheet.png\n\nFields of --set:\n" +
             config::help<page::PaperConfig>());
  return guarded([&]() -> int {
    if (const auto code = parse_command_line(app, argc, argv)) return *code;
    page::write_png(options.out, make_sheet(make_tiles(options), options.columns, options.width));
    return 0;
  });
}
