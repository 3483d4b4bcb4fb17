#include <algorithm>
#include <unordered_set>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/ecg/collections/folds.h"
#include "header_facts.h"
#include "kinds.h"

namespace ecg_lora::collections {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSlow = 5000;  // headers that take over a second to read from a cold disk

/// Where a Challenge record comes from: HR00001 … HR21837 are PTB-XL's ecg_ids.
std::string origin_of(const std::string& stem) {
  const bool ptbxl = stem.size() == 7 && stem.starts_with("HR") &&
                     stem.find_first_not_of("0123456789", 2) == std::string::npos;
  return ptbxl ? "ptb-xl/" + std::to_string(std::stoi(stem.substr(2))) : "challenge-2021/" + stem;
}

class RecordingCollection : public Collection {
 public:
  RecordingCollection(const fs::path& root, Listing listing, CollectionKind kind,
                      const OpenOptions& options)
      : Collection(kind, root), seed_(options.seed) {
    evidence_ = listing.headers.front().string();
    notices_ = std::move(listing.notices);
    read(std::move(listing.headers), options.skip_damaged);
    leave_out_segments();
    std::unordered_set<std::string> stems;
    for (const Entry& entry : entries_) stems.insert(entry.path.filename().string());
    names_are_unique_ = stems.size() == entries_.size();
    if (entries_.empty())
      throw_data(root_.string(), ": expected a recording that can be read, got none of ",
                 notices_.size());
  }

  std::size_t size() const override { return entries_.size(); }

  CollectionItem item(std::size_t index) const override {
    const Entry& entry = entries_.at(index);
    const std::string stem = entry.path.filename().string();
    CollectionItem item;
    item.id = names_are_unique_ ? stem : entry.path.generic_string();
    item.waveform = root_ / entry.path;
    if (entry.facts.age) item.age = *entry.facts.age;
    item.sex = entry.facts.sex;
    item.recorded = entry.facts.recorded;
    item.fold = fold_of(seed_, item.id);
    if (kind_ != CollectionKind::challenge) return item;
    item.origin = origin_of(stem);
    item.scheme = Scheme::snomed;
    for (const std::string& code : entry.facts.diagnoses) item.statements.push_back({code, 0});
    return item;
  }

 private:
  struct Entry {
    fs::path path;  ///< below the root, without extension
    HeaderFacts facts;
  };

  void read(std::vector<fs::path> headers, bool skip_damaged) {
    std::optional<Progress> progress;
    if (headers.size() >= kSlow)
      progress.emplace("Reading headers", static_cast<std::int64_t>(headers.size()), "headers");
    for (fs::path& header : headers) {
      throw_if_interrupted("reading headers");
      try {
        HeaderFacts facts = read_header_facts(root_ / header);
        // Comments of other recordings are free text.
        if (kind_ == CollectionKind::challenge && !facts.problem.empty()) throw_data(facts.problem);
        entries_.push_back({header.replace_extension(), std::move(facts)});
      } catch (const Error& error) {
        if (!skip_damaged) throw;
        notices_.emplace_back(error.what());
      }
      if (progress) progress->advance();
    }
  }

  /// Headers of segments are parts of another record, not recordings.
  void leave_out_segments() {
    std::unordered_set<std::string> segments;
    for (const Entry& entry : entries_) {
      for (const std::string& name : entry.facts.segments)
        segments.insert((entry.path.parent_path() / name).generic_string());
    }
    if (segments.empty()) return;
    const auto is_segment = [&](const Entry& entry) {
      return segments.contains(entry.path.generic_string());
    };
    const auto left_out = std::erase_if(entries_, is_segment);
    if (left_out > 0)
      notices_.push_back(
          cat(root_.string(), ": ", left_out,
              " headers are segments of other records, and count as parts of these"));
  }

  std::uint64_t seed_;
  std::vector<Entry> entries_;
  bool names_are_unique_ = true;
};

class ImageCollection : public Collection {
 public:
  ImageCollection(const fs::path& root, Listing listing, std::uint64_t seed)
      : Collection(CollectionKind::images, root), seed_(seed), images_(std::move(listing.images)) {
    evidence_ = images_.front().string();
    notices_ = std::move(listing.notices);
  }

  std::size_t size() const override { return images_.size(); }

  CollectionItem item(std::size_t index) const override {
    CollectionItem item;
    item.id = images_.at(index).generic_string();
    item.image = root_ / images_[index];
    item.fold = fold_of(seed_, item.id);
    return item;
  }

 private:
  std::uint64_t seed_;
  std::vector<fs::path> images_;
};

}  // namespace

std::unique_ptr<Collection> open_recordings(const fs::path& root, Listing listing,
                                            CollectionKind kind, const OpenOptions& options) {
  return std::make_unique<RecordingCollection>(root, std::move(listing), kind, options);
}

std::unique_ptr<Collection> open_images(const fs::path& root, Listing listing,
                                        const OpenOptions& options) {
  return std::make_unique<ImageCollection>(root, std::move(listing), options.seed);
}

}  // namespace ecg_lora::collections
