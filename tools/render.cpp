// ecg-lora-render: a recording as a page.
#include <iostream>

#include "ecg_lora/base/command_line.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/config/fields.h"
#include "ecg_lora/ptbxl/database.h"
#include "ecg_lora/render/page.h"

namespace {

using namespace ecg_lora;

struct Options {
  std::string record, root, out, ground_truth;
  int ecg_id = 0, sampling_rate = 500;
  std::vector<std::string> sets;
};

std::filesystem::path waveform(const Options& options) {
  if (options.record.empty() == options.root.empty()) throw_usage("expected --record, or --root with --ecg-id, got ", options.record.empty() ? "none" : "both", "; give one");
  if (!options.record.empty()) return options.record;
  const auto database = ptbxl::load_database(options.root);
  for (const auto& record : database.records)
    if (record.ecg_id == options.ecg_id) return database.waveform(record, options.sampling_rate);
  throw_data(options.root, " has no record with ecg_id ", options.ecg_id, " among its ", database.records.size(), "; choose one of its table");
}

void write_truth(const std::string& file, const render::Page& page) {
  Json boxes = Json::array();
  for (const auto& b : page.boxes)
    boxes.push_back({{"lead", b.lead}, {"x", b.x}, {"y", b.y}, {"width", b.width}, {"height", b.height}, {"baseline_y", b.baseline_y}, {"start_s", b.start_s}, {"duration_s", b.duration_s}});
  write_json(file, {{"width", page.image.width}, {"height", page.image.height}, {"px_per_mm", page.px_per_mm}, {"leads", boxes}});
}

int run(const Options& options) {
  Json json = Json::object();
  for (const auto& set : options.sets) config::apply_set(json, set);
  const auto page_config = config::from_json<render::PageConfig>(json, "--set");
  const auto record = wfdb::read_record(waveform(options));
  const auto page = render::draw_page(record, page_config, render::header_of(record));
  render::write_png(options.out, page.image);
  if (!options.ground_truth.empty()) write_truth(options.ground_truth, page);
  std::cout << "wrote " << options.out << " (" << page.image.width << " x " << page.image.height << " px)\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Draws a recording as a 3x4 ECG page with rhythm strip", "ecg-lora render");
  Options options;
  app.add_option("--record", options.record, "WFDB record, without extension");
  app.add_option("--root", options.root, "folder in PTB-XL's layout");
  app.add_option("--ecg-id", options.ecg_id, "record of that folder");
  app.add_option("--sampling-rate", options.sampling_rate, "100 or 500 Hz")->capture_default_str();
  app.add_option("--out", options.out, "PNG to write")->required();
  app.add_option("--ground-truth", options.ground_truth, "JSON to write with the place of each lead");
  app.add_option("--set", options.sets, "a field of the page, for example px_per_mm=8");
  app.footer("Example: ecg-lora render --root ptb-xl --ecg-id 1 --out page.png --set header=true\n\nFields of --set:\n" + config::help<render::PageConfig>());
  return guarded([&]() -> int {
    if (const auto code = parse_command_line(app, argc, argv)) return *code;
    return run(options);
  });
}
