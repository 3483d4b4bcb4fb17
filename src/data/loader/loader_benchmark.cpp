#include "ecg_lora/data/loader/loader_benchmark.h"

#include <ATen/Parallel.h>

#include <chrono>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/text_table.h"
#include "ecg_lora/data/loader/ecg_source.h"

namespace ecg_lora::data {
namespace {

using Clock = std::chrono::steady_clock;

/// A source that several prefetchers use one after the other.
class SharedSource : public BatchSource {
 public:
  explicit SharedSource(std::shared_ptr<BatchSource> source) : source_(std::move(source)) {}
  std::int64_t size() const override { return source_->size(); }
  Batch get(std::int64_t epoch, std::int64_t index) override { return source_->get(epoch, index); }

 private:
  std::shared_ptr<BatchSource> source_;
};

double since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Rate {
  double pages = 0, rows = 0;  ///< per second
};

/// What is made while the clock runs, of all workers; what they have begun ahead is counted with
/// the time it takes to stop.
Rate measure(const std::shared_ptr<MixedSource>& source, int workers, double seconds) {
  auto ahead = prefetch(std::make_unique<SharedSource>(source), workers);
  ahead->get(0, 0);  // opens files, fills caches
  std::int64_t pages = 0, rows = 0;
  const auto start = Clock::now();
  for (std::int64_t i = 1; since(start) < seconds; ++i) {
    throw_if_interrupted("the benchmark");
    const auto batch = ahead->get(i / source->size(), i % source->size());
    pages += batch.pixels.defined() ? batch.pixels.size(0) : 0;
    rows += batch.rows();
  }
  const double took = since(start);
  return {static_cast<double>(pages) / took, static_cast<double>(rows) / took};
}

/// The time of each stage for a page, summed over the batches made so far.
std::string stage_table(const StageTimes& times) {
  const auto pages = static_cast<double>(std::max<std::int64_t>(1, times.pages));
  double sum = 0;
  for (const auto& stage : times.nanoseconds) sum += static_cast<double>(stage) * 1e-6 / pages;
  TextTable table({"stage", "ms/page", "pages/s", "share"});
  const auto line = [&](const char* name, double each) {
    table.row({name, fixed_text(each, 2), each > 0 ? fixed_text(1e3 / each, 0) : "-",
               sum > 0 ? fixed_text(100 * each / sum, 0) + "%" : "-"});
  };
  for (std::size_t i = 0; i < kStageNames.size(); ++i)
    line(kStageNames[i], static_cast<double>(times.nanoseconds[i]) * 1e-6 / pages);
  line("all", sum);
  return table.text();
}

}  // namespace

std::string benchmark_loader(const std::shared_ptr<MixedSource>& source, int most_workers,
                             double seconds) {
  at::set_num_threads(1);  // so that a worker is a core
  TextTable table({"workers", "pages/s", "rows/s", "times one worker"}, 0);
  double one = 0;
  std::string stages;
  for (int workers = 1;; workers = std::min(2 * workers, most_workers)) {
    const auto rate = measure(source, workers, seconds);
    const double unit = rate.pages > 0 ? rate.pages : rate.rows;
    if (workers == 1) {
      one = unit;
      // Of one worker: threads that wait for a core would count as work.
      stages = stage_table(source->times());
    }
    log_info(cat(workers, workers == 1 ? " worker of " : " workers of ", most_workers, ": ",
                 fixed_text(unit, 1), rate.pages > 0 ? " pages/s" : " rows/s"));
    table.row({std::to_string(workers), fixed_text(rate.pages, 1), fixed_text(rate.rows, 1),
               fixed_text(unit / one, 2)});
    if (workers >= most_workers) break;
  }
  return table.text() + "\n" + stages;
}

}  // namespace ecg_lora::data
