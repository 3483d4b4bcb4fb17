#include <atomic>
#include <iostream>
#include <map>
#include <mutex>
#include <optional>

#include "ecg_lora/base/csv.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/join.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/parallel.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/config/fields.h"
#include "ecg_lora/render/contact_sheet.h"
#include "render.h"

namespace ecg_lora::tools {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t sheet_pages = 24;
constexpr int sheet_columns = 4, thumbnail_width = 560;

/// Draws on several threads; every file depends on its own recording alone.
class Drawing {
 public:
  Drawing(const std::vector<Subject>& subjects, const RenderOptions& options)
      : subjects_(subjects),
        options_(options),
        thumbnails_(options.contact_sheet.empty() ? 0 : std::min(subjects.size(), sheet_pages)) {}

  void run() {
    std::optional<OutputLock> writer;
    if (!options_.single() && !options_.out.empty()) writer.emplace(written()), claim_folder();
    if (subjects_.size() > 1)
      progress_.emplace("render", static_cast<std::int64_t>(subjects_.size()), "pages");
    parallel_for(subjects_.size(), options_.workers, [&](std::size_t i) {
      throw_if_interrupted("drawing; the same command goes on where it stopped");
      try {
        draw(i);
      } catch (const Error& error) {
        if (!options_.skip_bad || error.code() != ExitCode::data) throw;
        const std::lock_guard lock(mutex_);
        skipped_[i] = error.what();
      }
      const std::lock_guard lock(mutex_);
      if (progress_) progress_->advance();
    });
    progress_.reset();
    write_skipped();
    write_sheet();
    report();
  }

 private:
  fs::path picture(std::size_t i) const {
    return options_.single() ? fs::path(options_.out)
                             : fs::path(options_.out) / (subjects_[i].name + ".png");
  }

  /// What this run writes: shards write into one folder at the same time.
  fs::path written() const {
    return options_.shard.whole() ? fs::path(options_.out)
                                  : ShardedFile(options_.out, options_.shard).part();
  }

  fs::path truth(std::size_t i) const {
    if (options_.single() && !options_.ground_truth.empty()) return options_.ground_truth;
    return picture(i).replace_extension(".json");
  }

  /// A folder holds pages of one config: what stands there already is kept as it is.
  void claim_folder() const {
    if (!options_.ground_truth.empty())
      throw_usage("--ground-truth ", options_.ground_truth,
                  ": several recordings have their JSON beside their PNG; leave the name out");
    const auto file = fs::path(options_.out) / "render.json";
    const auto turn = wait_for_lock(file.string() + ".shards");  // shards that begin together
    const Json now{{"page", config::dump(options_.page)},
                   {"paper", config::dump(options_.paper)},
                   {"seed", options_.seed}};
    if (!fs::exists(file)) return write_json(file, now);
    if (read_json(file) != now)
      throw_usage(options_.out, " holds pages of another config (", file.string(),
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
    return !options_.single() && is_whole_png(picture(i)) &&
           (!options_.with_ground_truth || fs::exists(truth(i)));
  }

  void draw(std::size_t i) {
    const bool thumbnail = i < thumbnails_.size(), to_file = !options_.out.empty() && !is_done(i);
    if (!options_.out.empty() && !to_file) ++kept_;
    if (!to_file && !thumbnail) return;
    const auto drawn = draw_subject(subjects_[i], options_);
    if (drawn.page.samples_off_page > 0) ++pages_off_, samples_off_ += drawn.page.samples_off_page;
    if (to_file && options_.with_ground_truth) render::write_ground_truth(truth(i), drawn);
    if (to_file) render::write_png(picture(i), drawn.page.image);
    if (thumbnail)
      thumbnails_[i] = {subjects_[i].name, render::shrink(drawn.page.image, thumbnail_width)};
    if (options_.single())
      size_ = cat(" (", drawn.page.image.width, " x ", drawn.page.image.height, " px)");
  }

  void write_skipped() const {
    std::string lines;
    for (const auto& [i, why] : skipped_)
      lines += csv_cell(subjects_[i].name) + "," + csv_cell(why) + "\n", log_warn(why);
    if (options_.single() || options_.out.empty()) return;
    const auto file = fs::path(options_.out) / "skipped.csv";
    const auto write = [&](const std::vector<std::string>& parts) {
      const auto all = joined(parts, {}, "");
      if (!all.empty()) write_file(file, "record,why\n" + all);
    };
    if (options_.shard.whole()) return write({lines});
    ShardedFile(file, options_.shard).add(lines, write);
  }

  void write_sheet() {
    if (options_.contact_sheet.empty()) return;
    std::erase_if(thumbnails_, [](const auto& thumbnail) { return thumbnail.image.rgb.empty(); });
    if (thumbnails_.empty())
      throw_data("no recording could be drawn for ", options_.contact_sheet,
                 "; see the warnings above");
    render::write_png(options_.contact_sheet, render::contact_sheet(thumbnails_, sheet_columns));
    if (subjects_.size() > sheet_pages)
      log_info(cat(options_.contact_sheet, " shows the first ", sheet_pages, " of ",
                   subjects_.size(), " pages"));
  }

  void report() const {
    if (samples_off_ > 0)
      log_warn(cat(samples_off_.load(), " samples of ", pages_off_.load(),
                   " pages lie beyond the paper's edge; a smaller mm_per_mv keeps them on it"));
    if (options_.single() && !options_.out.empty() && skipped_.empty())
      std::cout << "wrote " << options_.out << size_ << "\n";
    if (!options_.single() && !options_.out.empty())
      std::cout << options_.out << ": " << subjects_.size() << " recordings, "
                << subjects_.size() - kept_ - skipped_.size() << " drawn, " << kept_ << " found, "
                << skipped_.size() << " skipped\n";
    if (!options_.contact_sheet.empty()) std::cout << "wrote " << options_.contact_sheet << "\n";
  }

  const std::vector<Subject>& subjects_;
  const RenderOptions& options_;
  std::vector<render::Thumbnail> thumbnails_;
  std::optional<Progress> progress_;
  std::mutex mutex_;
  std::map<std::size_t, std::string> skipped_;
  std::string size_;
  std::atomic<std::size_t> kept_{0}, pages_off_{0}, samples_off_{0};
};

}  // namespace

void draw_files(const std::vector<Subject>& subjects, const RenderOptions& options) {
  Drawing(subjects, options).run();
}

}  // namespace ecg_lora::tools
