#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <iomanip>
#include <iostream>
#include <mutex>

#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/parallel.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/base/text_table.h"
#include "ecg_lora/render/digitize.h"
#include "render.h"

namespace ecg_lora::tools {
namespace {

struct Fidelity {
  std::string name;
  render::InkDistance ink;
  double snr = 0;  ///< dB
};

render::InkDistance total(const std::vector<Fidelity>& pages) {
  render::InkDistance sum;
  for (const auto& [name, ink, snr] : pages) {
    sum.compared += ink.compared, sum.crowded += ink.crowded, sum.within_half += ink.within_half;
    sum.mean += ink.mean * static_cast<double>(ink.compared);
    sum.worst = std::max(sum.worst, ink.worst);
  }
  if (sum.compared > 0) sum.mean /= static_cast<double>(sum.compared);
  return sum;
}

void print(std::vector<Fidelity> pages) {
  const auto ink = total(pages);
  std::cout << std::fixed << std::setprecision(3) << "along the ground truth: " << ink.compared
            << " places, "
            << 100 * static_cast<double>(ink.within_half) /
                   std::max<double>(1, static_cast<double>(ink.compared))
            << " % within half a pixel, mean " << ink.mean << " px, farthest "
            << std::setprecision(1) << ink.worst << " px; " << ink.crowded
            << " left out beside other ink\n";
  std::erase_if(pages, [](const auto& page) { return std::isnan(page.snr); });
  if (pages.empty()) return void(std::cout << "by columns: no page with a trace\n");
  std::sort(pages.begin(), pages.end(), [](const auto& a, const auto& b) { return a.snr < b.snr; });
  const auto reached =
      std::count_if(pages.begin(), pages.end(), [](const auto& page) { return page.snr >= 20; });
  std::cout << "by columns, from the layout alone: signal to noise " << pages.front().snr
            << " dB at least (" << pages.front().name << "), " << pages[pages.size() / 20].snr
            << " dB for 95 %, median " << pages[pages.size() / 2].snr << " dB; " << reached
            << " of " << pages.size() << " pages ("
            << 100.0 * static_cast<double>(reached) / static_cast<double>(pages.size())
            << " %) reach 20 dB\n";
}

/// CPU time of this thread, ms.
double cpu_ms() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

double pages_per_s(const std::vector<Subject>& subjects, const RenderOptions& options,
                   int workers) {
  const auto start = std::chrono::steady_clock::now();
  parallel_for(subjects.size(), workers, [&](std::size_t i) {
    render::encode_png(draw_subject(subjects[i], options).page.image);
  });
  return static_cast<double>(subjects.size()) /
         std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

void check_pages(const std::vector<Subject>& subjects, const RenderOptions& options) {
  if (!options.paper.is_clean())
    throw_usage("--digitize-check reads clean pages, got --paper ", options.paper.preset,
                "; leave one of them out");
  std::vector<Fidelity> pages(subjects.size());
  Progress progress("digitize", static_cast<std::int64_t>(subjects.size()), "pages");
  std::mutex mutex;
  parallel_for(subjects.size(), options.workers, [&](std::size_t i) {
    throw_if_interrupted("the check");
    const auto record = wfdb::read_record(subjects[i].record);
    const auto drawn = draw_record(record, subjects[i], options);
    pages[i] = {subjects[i].name, render::measure_ink(drawn.page, options.page),
                render::signal_to_noise(record, render::digitize(drawn.page.image, options.page))};
    const std::lock_guard lock(mutex);
    progress.advance();
  });
  progress.finish();
  print(std::move(pages));
}

void time_pages(const std::vector<Subject>& subjects, const RenderOptions& options) {
  double read = 0, draw = 0, png = 0;
  std::size_t bytes = 0;
  draw_subject(subjects.front(), options);  // the bare paper is drawn once
  render::Image image;
  for (const auto& subject : subjects) {
    const double start = cpu_ms();
    const auto record = wfdb::read_record(subject.record);
    const double was_read = cpu_ms();
    const auto drawn = draw_record(record, subject, options);
    const double was_drawn = cpu_ms();
    bytes += render::encode_png(drawn.page.image).size();
    png += cpu_ms() - was_drawn, draw += was_drawn - was_read, read += was_read - start;
    image = {drawn.page.image.width, drawn.page.image.height, {}};
  }
  const auto count = static_cast<double>(subjects.size());
  const int cores = thread_count(options.workers);
  std::cout << subjects.size() << " pages of " << image.width << " x " << image.height << " px, "
            << bytes / subjects.size() / 1000 << " kB each\n"
            << std::fixed;
  TextTable table({"stage", "CPU ms per page", "pages/s"});
  for (const auto& [stage, ms] :
       {std::pair{"read", read}, {"draw", draw}, {"png", png}, {"all", read + draw + png}})
    table.row({stage, fixed_text(ms / count, 2), ms > 0 ? fixed_text(1e3 * count / ms, 0) : "-"});
  std::cout << table.text();
  for (int workers = 1; workers <= cores; workers *= 2)
    std::cout << "wall clock, threads " << workers << ": " << std::setprecision(0)
              << pages_per_s(subjects, options, workers) << " pages/s\n";
}

}  // namespace ecg_lora::tools
