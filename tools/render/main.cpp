// ecg-lora-render: recordings as pages.
#include "command.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/command_line/command_line.h"
#include "ecg_lora/config/fields.h"
#include "recipe.h"

namespace {

using namespace ecg_lora;

void add_recordings(CLI::App& app, page::Selection& selection) {
  app.add_option("--record", selection.record, "a WFDB record, without extension");
  app.add_option("--root", selection.root, "folder in PTB-XL's layout");
  app.add_option(
      "--recordings", selection.recording_folders,
      "folders outside of --root that its table may name, as that of prepare external does");
  app.add_option("--ecg-id", selection.ecg_id, "one record of --root")->check(CLI::PositiveNumber);
  app.add_option("--folds", selection.folds, "folds of --root, for example 9,10; default all")
      ->delimiter(',')
      ->check(CLI::Range(1, 10));
  app.add_option("--folder", selection.folder, "folder of WFDB records, searched to any depth");
  app.add_option("--sampling-rate", selection.sampling_rate, "of --root: 100 or 500 Hz")
      ->capture_default_str();
  app.add_option("--limit", selection.limit, "only the first N recordings")
      ->check(CLI::PositiveNumber);
}

void add_results(CLI::App& app, tools::RenderRecipe& recipe) {
  auto& files = recipe.files;
  app.add_option("--out", files.out,
                 "PNG to write for one recording; for several a folder, where whole files of an "
                 "earlier run are kept");
  app.add_option("--ground-truth", files.ground_truth,
                 "write where each lead and sample stands, as JSON next to the PNG, or as FILE for "
                 "one recording")
      ->expected(0, 1)
      ->type_name("[FILE]");
  app.add_option("--contact-sheet", files.contact_sheet,
                 "PNG to write with the first 24 pages, small");
  app.add_option("--workers", files.workers, "threads; 0: one per core; changes no byte")
      ->check(CLI::Range(0, 256))
      ->capture_default_str();
  app.add_option(
      "--shard", recipe.shard,
      "i/n: draw the i-th of n parts of the recordings (1/4 to 4/4, side by side); together "
      "they write into --out what one command writes");
  app.add_flag("--skip-bad", files.skip_bad,
               "leave out recordings that cannot be read, and list them in skipped.csv");
  app.add_flag("--digitize-check", recipe.digitize_check,
               "print how well the pages can be read back");
  app.add_flag("--benchmark", recipe.benchmark, "print pages per second by stage");
}

void add_style(CLI::App& app, tools::RenderRecipe& recipe) {
  app.add_option("--set", recipe.page_sets,
                 "fields of the page, for example layout=6x2 header=true");
  app.add_option("--paper", recipe.paper_sets,
                 "what happens to the paper, for example preset=phone_photo moire=0.5");
  app.add_option("--seed", recipe.style.seed,
                 "of what happens to the paper; with the recording's name it gives the page")
      ->capture_default_str();
  app.footer(
      "Examples: ecg-lora render --root ptb-xl --ecg-id 1 --out page.png --set header=true\n"
      "          ecg-lora render --root ptb-xl --folds 9,10 --out pages --ground-truth "
      "--contact-sheet sheet.png\n\nFields of --set:\n" +
      config::help<page::PageConfig>() + "\nFields of --paper:\n" +
      config::help<page::PaperConfig>());
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(tools::kCommandDescription, tools::kCommandName);
  tools::RenderRecipe recipe;
  add_recordings(app, recipe.recordings);
  add_results(app, recipe);
  add_style(app, recipe);
  return guarded([&]() -> int {
    if (const auto code = parse_command_line(app, argc, argv)) return *code;
    recipe.files.with_ground_truth = app.count("--ground-truth") > 0;
    return tools::run_render(recipe);
  });
}
