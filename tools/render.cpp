// ecg-lora-render: recordings as pages.
#include "render.h"

#include "ecg_lora/base/command_line.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/config/fields.h"

namespace {

using namespace ecg_lora;
using tools::RenderOptions;

template <class Config>
Config from_sets(const std::vector<std::string>& sets, const char* origin) {
  Json json = Json::object();
  for (const auto& set : sets) config::apply_set(json, set);
  return config::from_json<Config>(json, origin);
}

int run(RenderOptions options, const std::string& shard) {
  if (!shard.empty()) options.shard = parse_shard(shard);
  if (options.out.empty() && options.contact_sheet.empty() && !options.digitize_check &&
      !options.benchmark)
    throw_usage(
        "expected --out, --contact-sheet, --digitize-check or --benchmark, got none; say what to "
        "make of the recordings");
  options.page = from_sets<render::PageConfig>(options.sets, "--set");
  options.paper = from_sets<render::PaperConfig>(options.paper_sets, "--paper");
  watch_interrupts();
  const auto subjects = tools::shard_of(tools::select_subjects(options), options);
  if (!options.out.empty() || !options.contact_sheet.empty()) tools::draw_files(subjects, options);
  if (options.digitize_check) tools::check_pages(subjects, options);
  if (options.benchmark) tools::time_pages(subjects, options);
  return 0;
}

void add_options(CLI::App& app, RenderOptions& options, std::string& shard) {
  app.add_option("--record", options.record, "a WFDB record, without extension");
  app.add_option("--root", options.root, "folder in PTB-XL's layout");
  app.add_option(
      "--recordings", options.recordings,
      "folders outside of --root that its table may name, as that of prepare external does");
  app.add_option("--ecg-id", options.ecg_id, "one record of --root")->check(CLI::PositiveNumber);
  app.add_option("--folds", options.folds, "folds of --root, for example 9,10; default all")
      ->delimiter(',')
      ->check(CLI::Range(1, 10));
  app.add_option("--folder", options.folder, "folder of WFDB records, searched to any depth");
  app.add_option("--sampling-rate", options.sampling_rate, "of --root: 100 or 500 Hz")
      ->capture_default_str();
  app.add_option("--limit", options.limit, "only the first N recordings")
      ->check(CLI::PositiveNumber);
  app.add_option("--out", options.out,
                 "PNG to write for one recording; for several a folder, where whole files of an "
                 "earlier run are kept");
  app.add_option("--ground-truth", options.ground_truth,
                 "write where each lead and sample stands, as JSON beside the PNG, or as FILE for "
                 "one recording")
      ->expected(0, 1)
      ->type_name("[FILE]");
  app.add_option("--contact-sheet", options.contact_sheet,
                 "PNG to write with the first 24 pages, small");
  app.add_option("--workers", options.workers, "threads; 0: one a core; changes no byte")
      ->check(CLI::Range(0, 256))
      ->capture_default_str();
  app.add_option(
      "--shard", shard,
      "i/n: draw the i-th of n parts of the recordings (1/4 to 4/4, side by side); together "
      "they write into --out what one command writes");
  app.add_flag("--skip-bad", options.skip_bad,
               "leave out recordings that cannot be read, and list them in skipped.csv");
  app.add_flag("--digitize-check", options.digitize_check,
               "print how well the pages can be read back");
  app.add_flag("--benchmark", options.benchmark, "print pages a second by stage");
  app.add_option("--set", options.sets, "fields of the page, for example layout=6x2 header=true");
  app.add_option("--paper", options.paper_sets,
                 "what happens to the paper, for example preset=phone_photo moire=0.5");
  app.add_option("--seed", options.seed,
                 "of what happens to the paper; with the recording's name it gives the page")
      ->capture_default_str();
  app.footer(
      "Examples: ecg-lora render --root ptb-xl --ecg-id 1 --out page.png --set header=true\n"
      "          ecg-lora render --root ptb-xl --folds 9,10 --out pages --ground-truth "
      "--contact-sheet sheet.png\n\nFields of --set:\n" +
      config::help<render::PageConfig>() + "\nFields of --paper:\n" +
      config::help<render::PaperConfig>());
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Draws recordings as ECG pages", "ecg-lora render");
  RenderOptions options;
  std::string shard;
  add_options(app, options, shard);
  return guarded([&]() -> int {
    if (const auto code = parse_command_line(app, argc, argv)) return *code;
    options.with_ground_truth = app.count("--ground-truth") > 0;
    return run(options, shard);
  });
}
