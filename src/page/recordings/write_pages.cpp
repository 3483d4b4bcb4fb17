#include "ecg_lora/page/recordings/write_pages.h"

#include <atomic>
#include <map>
#include <mutex>
#include <optional>

#include "contact_sheet.h"
#include "ecg_lora/base/csv.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/join.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/parallel.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/config/fields.h"

namespace ecg_lora::page {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSheetPages = 24;
constexpr int kSheetColumns = 4, kThumbnailWidth = 560;

/// Draws on several threads; every file depends on its own recording alone.
class Drawing {
 public:
  Drawing(const std::vector<Recording>& recordings, const PageStyle& style, const PageFiles& files)
      : recordings_(recordings),
        style_(style),
        files_(files),
        thumbnails_(files.contact_sheet.empty() ? 0 : std::min(recordings.size(), kSheetPages)) {}

  WrittenPages run() {
    std::optional<OutputLock> writer;
    if (!files_.single && !files_.out.empty()) writer.emplace(written()), claim_folder();
    if (recordings_.size() > 1)
      progress_.emplace("render", static_cast<std::int64_t>(recordings_.size()), "pages");
    parallel_for(recordings_.size(), files_.workers, [&](std::size_t i) {
      throw_if_interrupted("drawing; the same command goes on where it stopped");
      try {
        draw(i);
      } catch (const Error& error) {
        if (!files_.skip_bad || error.code() != ExitCode::data) throw;
        const std::lock_guard lock(mutex_);
        skipped_[i] = error.what();
      }
      const std::lock_guard lock(mutex_);
      if (progress_) progress_->advance();
    });
    progress_.reset();
    write_skipped();
    write_sheet();
    if (samples_off_ > 0)
      log_warn(cat(samples_off_.load(), " samples of ", pages_off_.load(),
                   " pages lie beyond the paper's edge; a smaller mm_per_mv keeps them on it"));
    result_.found = kept_;
    result_.skipped = skipped_.size();
    return result_;
  }

 private:
  fs::path picture(std::size_t i) const {
    return files_.single ? fs::path(files_.out)
                         : fs::path(files_.out) / (recordings_[i].name + ".png");
  }

  /// What this run writes: shards write into one folder at the same time.
  fs::path written() const {
    return files_.shard.whole() ? fs::path(files_.out)
                                : ShardedFile(files_.out, files_.shard).part();
  }

  fs::path truth(std::size_t i) const {
    if (files_.single && !files_.ground_truth.empty()) return files_.ground_truth;
    return picture(i).replace_extension(".json");
  }

  /// A folder holds pages of one config: what stands there already is kept as it is.
  void claim_folder() const {
    if (!files_.ground_truth.empty())
      throw_usage("--ground-truth ", files_.ground_truth,
                  ": several recordings have their JSON next to their PNG; leave the name out");
    const auto file = fs::path(files_.out) / "render.json";
    const auto turn = wait_for_lock(file.string() + ".shards");  // shards that begin together
    const Json now{{"page", config::dump(style_.page)},
                   {"paper", config::dump(style_.paper)},
                   {"seed", style_.seed}};
    if (!fs::exists(file)) return write_json(file, now);
    if (read_json(file) != now)
      throw_usage(files_.out, " holds pages of another config (", file.string(),
                  "); choose another --out, or remove it");
  }

  static bool is_whole_png(const fs::path& file) {
    std::error_code error;
    if (const auto size = fs::file_size(file, error); error || size < 57) return false;
    auto in = open_file(file);
    char tail[8] = {};
    in.seekg(-8, std::ios::end).read(tail, 8);
    return in && std::string_view(tail, 4) == "IEND";
  }

  /// The picture is written last, so that it stands for both.
  bool is_done(std::size_t i) const {
    return !files_.single && is_whole_png(picture(i)) &&
           (!files_.with_ground_truth || fs::exists(truth(i)));
  }

  void draw(std::size_t i) {
    const bool thumbnail = i < thumbnails_.size(), to_file = !files_.out.empty() && !is_done(i);
    if (!files_.out.empty() && !to_file) ++kept_;
    if (!to_file && !thumbnail) return;
    const auto drawn = draw_recording(recordings_[i], style_);
    if (drawn.page.samples_off_page > 0) ++pages_off_, samples_off_ += drawn.page.samples_off_page;
    if (to_file && files_.with_ground_truth) write_ground_truth(truth(i), drawn);
    if (to_file) write_png(picture(i), drawn.page.image);
    if (thumbnail)
      thumbnails_[i] = {recordings_[i].name, shrink(drawn.page.image, kThumbnailWidth)};
    if (files_.single)
      result_.width = drawn.page.image.width, result_.height = drawn.page.image.height;
  }

  void write_skipped() const {
    std::string lines;
    for (const auto& [i, why] : skipped_)
      lines += csv_cell(recordings_[i].name) + "," + csv_cell(why) + "\n", log_warn(why);
    if (files_.single || files_.out.empty()) return;
    const auto file = fs::path(files_.out) / "skipped.csv";
    const auto write = [&](const std::vector<std::string>& parts) {
      const auto all = joined(parts, {}, "");
      if (!all.empty()) write_file(file, "record,why\n" + all);
    };
    if (files_.shard.whole()) return write({lines});
    ShardedFile(file, files_.shard).add(lines, write);
  }

  void write_sheet() {
    if (files_.contact_sheet.empty()) return;
    std::erase_if(thumbnails_, [](const auto& thumbnail) { return thumbnail.image.rgb.empty(); });
    if (thumbnails_.empty())
      throw_data("no recording could be drawn for ", files_.contact_sheet,
                 "; see the warnings above");
    write_png(files_.contact_sheet, contact_sheet(thumbnails_, kSheetColumns));
    if (recordings_.size() > kSheetPages)
      log_info(cat(files_.contact_sheet, " shows the first ", kSheetPages, " of ",
                   recordings_.size(), " pages"));
  }

  const std::vector<Recording>& recordings_;
  const PageStyle& style_;
  const PageFiles& files_;
  std::vector<Thumbnail> thumbnails_;
  std::optional<Progress> progress_;
  std::mutex mutex_;
  std::map<std::size_t, std::string> skipped_;
  WrittenPages result_;
  std::atomic<std::size_t> kept_{0}, pages_off_{0}, samples_off_{0};
};

}  // namespace

WrittenPages write_pages(const std::vector<Recording>& recordings, const PageStyle& style,
                         const PageFiles& files) {
  return Drawing(recordings, style, files).run();
}

}  // namespace ecg_lora::page
