#include <chrono>
#include <ctime>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/parallel.h"
#include "ecg_lora/base/text_table.h"
#include "ecg_lora/page/recordings/check_pages.h"

namespace ecg_lora::page {
namespace {

/// CPU time of this thread, ms.
double cpu_ms() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

double pages_per_s(const std::vector<Recording>& recordings, const PageStyle& style, int workers) {
  const auto start = std::chrono::steady_clock::now();
  parallel_for(recordings.size(), workers,
               [&](std::size_t i) { encode_png(draw_recording(recordings[i], style).page.image); });
  return static_cast<double>(recordings.size()) /
         std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

PageTimes time_pages(const std::vector<Recording>& recordings, const PageStyle& style,
                     int workers) {
  PageTimes times;
  times.pages = recordings.size();
  draw_recording(recordings.front(), style);  // the bare paper is drawn once
  for (const auto& recording : recordings) {
    const double start = cpu_ms();
    const auto record = wfdb::read_record(recording.record);
    const double was_read = cpu_ms();
    const auto drawn = draw_record(record, recording, style);
    const double was_drawn = cpu_ms();
    times.bytes += encode_png(drawn.page.image).size();
    times.png_ms += cpu_ms() - was_drawn;
    times.draw_ms += was_drawn - was_read;
    times.read_ms += was_read - start;
    times.width = drawn.page.image.width, times.height = drawn.page.image.height;
  }
  for (int threads = 1; threads <= thread_count(workers); threads *= 2)
    times.pages_per_s.emplace_back(threads, pages_per_s(recordings, style, threads));
  return times;
}

std::string to_text(const PageTimes& times) {
  const auto count = static_cast<double>(times.pages);
  TextTable table({"stage", "CPU ms per page", "pages/s"});
  for (const auto& [stage, ms] : {std::pair{"read", times.read_ms},
                                  {"draw", times.draw_ms},
                                  {"png", times.png_ms},
                                  {"all", times.read_ms + times.draw_ms + times.png_ms}})
    table.row({stage, fixed_text(ms / count, 2), ms > 0 ? fixed_text(1e3 * count / ms, 0) : "-"});
  auto text = cat(times.pages, " pages of ", times.width, " x ", times.height, " px, ",
                  times.bytes / times.pages / 1000, " kB each\n", table.text());
  for (const auto& [threads, pages] : times.pages_per_s)
    text += cat("wall clock, threads ", threads, ": ", fixed_text(pages, 0), " pages/s\n");
  return text;
}

}  // namespace ecg_lora::page
