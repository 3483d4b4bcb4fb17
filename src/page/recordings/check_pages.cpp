#include "ecg_lora/page/recordings/check_pages.h"

#include <algorithm>
#include <cmath>
#include <mutex>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/parallel.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/base/text_table.h"

namespace ecg_lora::page {
namespace {

constexpr double kReadable = 20;  ///< dB

InkDistance total(const std::vector<PageFidelity>& pages) {
  InkDistance sum;
  for (const auto& [name, ink, snr] : pages) {
    sum.compared += ink.compared, sum.crowded += ink.crowded, sum.within_half += ink.within_half;
    sum.mean += ink.mean * static_cast<double>(ink.compared);
    sum.worst = std::max(sum.worst, ink.worst);
  }
  if (sum.compared > 0) sum.mean /= static_cast<double>(sum.compared);
  return sum;
}

double percent(std::size_t part, std::size_t whole) {
  return 100 * static_cast<double>(part) / std::max<double>(1, static_cast<double>(whole));
}

}  // namespace

FidelityStatistics fidelity_statistics(std::vector<PageFidelity> pages) {
  FidelityStatistics result;
  result.ink = total(pages);
  std::erase_if(pages, [](const auto& page) { return std::isnan(page.snr); });
  result.pages = pages.size();
  if (pages.empty()) return result;
  std::sort(pages.begin(), pages.end(), [](const auto& a, const auto& b) { return a.snr < b.snr; });
  result.reached = static_cast<std::size_t>(std::count_if(
      pages.begin(), pages.end(), [](const auto& page) { return page.snr >= kReadable; }));
  result.lowest = pages.front().snr;
  result.lowest_name = pages.front().name;
  result.of_95_percent = pages[pages.size() / 20].snr;
  result.median = pages[pages.size() / 2].snr;
  return result;
}

std::string to_text(const FidelityStatistics& statistics) {
  const auto& ink = statistics.ink;
  const auto along =
      cat("along the ground truth: ", ink.compared, " places, ",
          fixed_text(percent(ink.within_half, ink.compared), 3), " % within half a pixel, mean ",
          fixed_text(ink.mean, 3), " px, farthest ", fixed_text(ink.worst, 1), " px; ", ink.crowded,
          " left out next to other ink\n");
  if (statistics.pages == 0) return along + "by columns: no page with a trace\n";
  return cat(along, "by columns, from the layout alone: signal to noise ",
             fixed_text(statistics.lowest, 1), " dB at least (", statistics.lowest_name, "), ",
             fixed_text(statistics.of_95_percent, 1), " dB for 95 %, median ",
             fixed_text(statistics.median, 1), " dB; ", statistics.reached, " of ",
             statistics.pages, " pages (",
             fixed_text(percent(statistics.reached, statistics.pages), 1), " %) reach 20 dB\n");
}

std::vector<PageFidelity> check_pages(const std::vector<Recording>& recordings,
                                      const PageStyle& style, int workers) {
  if (!style.paper.is_clean())
    throw_usage("--digitize-check reads clean pages, got --paper ", style.paper.preset,
                "; leave one of them out");
  std::vector<PageFidelity> pages(recordings.size());
  Progress progress("digitize", static_cast<std::int64_t>(recordings.size()), "pages");
  std::mutex mutex;
  parallel_for(recordings.size(), workers, [&](std::size_t i) {
    throw_if_interrupted("the check");
    const auto record = wfdb::read_record(recordings[i].record);
    const auto drawn = draw_record(record, recordings[i], style);
    pages[i] = {recordings[i].name, measure_ink(drawn.page, style.page),
                signal_to_noise(record, digitize(drawn.page.image, style.page))};
    const std::lock_guard lock(mutex);
    progress.advance();
  });
  progress.finish();
  return pages;
}

}  // namespace ecg_lora::page
