// Contact sheets of what happens to paper, and single pages at full size.
#include <cmath>
#include <iostream>
#include <opencv2/imgproc.hpp>

#include "ecg_lora/base/command_line.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/config/fields.h"
#include "ecg_lora/render/paper.h"
#include "ecg_lora/synth/signal.h"

namespace {

using namespace ecg_lora;

struct Options {
  std::string out, record;
  std::vector<std::string> sets, effects;
  bool truth = false;
  int pages = 6, columns = 3, width = 400;
  std::uint64_t seed = 1;
};

render::Page draw(const Options& options, std::uint64_t key) {
  render::PageConfig config;
  config.header = true;
  render::PageHeader header;
  header.name = options.record.empty() ? cat("synthetic recording ", key) : "record";
  if (!options.record.empty())
    return render::draw_page(wfdb::read_record(options.record), config, header);
  Random random{options.seed, key};
  return render::draw_page(synth::synthesise(synth::Morphology{}, 10, 500, random), config, header);
}

/// Marks every tenth point of the traces and the corners of the boxes.
void mark_truth(render::Page& page) {
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
  render::Image image;
  std::string caption;
};

Tile make_tile(const Options& options, const render::PaperConfig& config, std::uint64_t key,
               const std::string& caption) {
  auto page = draw(options, key);
  const auto applied = render::apply_paper(page, config, options.seed, key);
  if (options.truth) mark_truth(page);
  if (options.pages == 1) std::cout << to_json(applied).dump(1) << '\n';
  return {page.image, caption};
}

/// The middle of a picture, a fifth as wide and tall: what is too fine for a small picture of the
/// whole.
render::Image detail(const render::Image& image) {
  const cv::Mat whole(image.height, image.width, CV_8UC3,
                      const_cast<std::uint8_t*>(image.rgb.data()));
  const cv::Mat part =
      whole(cv::Rect(image.width * 2 / 5, image.height * 2 / 5, image.width / 5, image.height / 5))
          .clone();
  render::Image result{part.cols, part.rows, {}};
  result.rgb.assign(part.datastart, part.dataend);
  return result;
}

bool is_fine(render::PaperEffect effect) {
  using enum render::PaperEffect;
  return effect == blur || effect == noise || effect == jpeg;
}

std::vector<render::PaperEffect> chosen_effects(const Options& options) {
  std::vector<render::PaperEffect> chosen;
  for (const auto& name : options.effects)
    for (std::size_t i = 0; i <= render::kPaperEffects; ++i) {
      if (i == render::kPaperEffects)
        throw_usage("--effects ", name, ": no such effect; --help lists them");
      if (name != render::effect_name(static_cast<render::PaperEffect>(i))) continue;
      chosen.push_back(static_cast<render::PaperEffect>(i));
      break;
    }
  return chosen;
}

std::vector<Tile> make_tiles(const Options& options) {
  Json json = Json::object();
  for (const auto& set : options.sets) config::apply_set(json, set);
  const auto config = config::from_json<render::PaperConfig>(json, "--set");
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
          cat(render::effect_name(effect), " ", strength, is_fine(effect) ? " (detail)" : "")));
      if (is_fine(effect)) tiles.back().image = detail(tiles.back().image);
    }
  return tiles;
}

/// Tiles side by side, each `width` px wide; 0 keeps their size.
render::Image make_sheet(const std::vector<Tile>& tiles, int columns, int width) {
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
  render::Image image{sheet.cols, sheet.rows, {}};
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
             config::help<render::PaperConfig>());
  return guarded([&]() -> int {
    if (const auto code = parse_command_line(app, argc, argv)) return *code;
    render::write_png(options.out, make_sheet(make_tiles(options), options.columns, options.width));
    return 0;
  });
}
