#include "recipe.h"

#include <iostream>
#include <iterator>

#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/config/fields.h"
#include "ecg_lora/page/recordings/check_pages.h"

namespace ecg_lora::tools {
namespace {

using Recordings = std::vector<page::Recording>;

template <class Config>
Config from_sets(const std::vector<std::string>& sets, const char* origin) {
  Json json = Json::object();
  for (const auto& set : sets) config::apply_set(json, set);
  return config::from_json<Config>(json, origin);
}

/// Those of the shard. Usage error if it is of a single recording, or if what is asked for needs
/// all pages.
Recordings shard_of(Recordings recordings, const RenderRecipe& recipe) {
  const auto& shard = recipe.files.shard;
  if (shard.whole()) return recordings;
  if (recipe.files.single || recipe.files.out.empty())
    throw_usage("--shard ", shard.number, "/", shard.count,
                ": expected several recordings and --out, got ",
                recipe.files.single ? "one recording" : "no --out", "; leave it out");
  if (!recipe.files.contact_sheet.empty() || recipe.digitize_check || recipe.benchmark)
    throw_usage(
        "--contact-sheet, --digitize-check and --benchmark are about all pages, expected them "
        "without --shard; run the command once more without it, which keeps the pages");
  const auto at = [&](std::size_t i) {
    return std::make_move_iterator(recordings.begin() + static_cast<std::ptrdiff_t>(i));
  };
  return {at(shard.begin(recordings.size())), at(shard.end(recordings.size()))};
}

void print(const page::PageFiles& files, const page::WrittenPages& written,
           std::size_t recordings) {
  if (files.single && !files.out.empty() && written.skipped == 0)
    std::cout << "wrote " << files.out << " (" << written.width << " x " << written.height
              << " px)\n";
  if (!files.single && !files.out.empty())
    std::cout << files.out << ": " << recordings << " recordings, "
              << recordings - written.found - written.skipped << " drawn, " << written.found
              << " found, " << written.skipped << " skipped\n";
  if (!files.contact_sheet.empty()) std::cout << "wrote " << files.contact_sheet << "\n";
}

}  // namespace

int run_render(RenderRecipe recipe) {
  auto& [selection, page_sets, paper_sets, style, files, shard, digitize_check, benchmark] = recipe;
  if (!shard.empty()) files.shard = parse_shard(shard);
  files.single = selection.single();
  const bool writes = !files.out.empty() || !files.contact_sheet.empty();
  if (!writes && !digitize_check && !benchmark)
    throw_usage(
        "expected --out, --contact-sheet, --digitize-check or --benchmark, got none; say what to "
        "make of the recordings");
  style.page = from_sets<page::PageConfig>(page_sets, "--set");
  style.paper = from_sets<page::PaperConfig>(paper_sets, "--paper");
  watch_interrupts();
  const auto recordings = shard_of(page::select_recordings(selection, style.page.header), recipe);
  if (writes) print(files, page::write_pages(recordings, style, files), recordings.size());
  if (digitize_check)
    std::cout << page::to_text(
        page::fidelity_statistics(page::check_pages(recordings, style, files.workers)));
  if (benchmark) std::cout << page::to_text(page::time_pages(recordings, style, files.workers));
  return 0;
}

}  // namespace ecg_lora::tools
