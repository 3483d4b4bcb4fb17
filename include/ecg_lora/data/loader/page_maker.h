// From a recording or a picture to tiles: every page that a model sees is made here.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "ecg_lora/data/loader/preprocess.h"
#include "ecg_lora/ecg/ptbxl/table_facts.h"
#include "ecg_lora/page/paper/paper.h"
#include "ecg_lora/page/render/page.h"

namespace ecg_lora::data {

/// What a page is made of.
struct PageRef {
  bool recording = true;       ///< a WFDB record to draw; else a picture to read
  std::filesystem::path path;  ///< of a recording without extension
  /// What a table says of it, for the header; if empty, a table above path is looked for.
  wfdb::PatientFacts known = {};

  /// Names the recording or picture by the last part of its path, wherever it lies, for what is
  /// random about its page.
  std::uint64_t key() const;
};

/// Stages that a batch goes through.
enum class Stage : std::size_t { read, draw, paper, tile, tokenise, collate };
constexpr std::array<const char*, 6> kStageNames{"read", "draw",     "paper",
                                                 "tile", "tokenise", "collate"};

/// Time spent in each stage, summed over threads, and pages made.
struct StageTimes {
  std::array<std::atomic<std::int64_t>, kStageNames.size()> nanoseconds{};
  std::atomic<std::int64_t> pages{0}, rows{0};

  /// Calls `use` and adds the time it takes to `stage`.
  template <class F>
  auto time(Stage stage, F use) {
    struct Watch {
      std::atomic<std::int64_t>& sum;
      std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
      ~Watch() {
        sum += std::chrono::duration_cast<std::chrono::nanoseconds>(
                   std::chrono::steady_clock::now() - start)
                   .count();
      }
    } const watch{nanoseconds[static_cast<std::size_t>(stage)]};
    return use();
  }
};

class PageMaker {
 public:
  /// What happens to drawn pages as paper is drawn from (seed, epoch, page).
  PageMaker(const page::PageConfig& page, const ImageConfig& image,
            const page::PaperConfig& paper = {}, std::uint64_t seed = 1)
      : page_(page), image_(image), paper_(paper), seed_(seed) {}

  /// The page of `ref` in `epoch`: read, or drawn and aged. A pure function of its arguments and
  /// the configs; thread-safe. Data error for a missing or damaged file, and for a picture without
  /// pixels or with more than 64 million.
  page::Image picture(const PageRef& ref, std::int64_t epoch) const;
  /// make_tiles() of picture().
  Tiles tiles(const PageRef& ref, std::int64_t epoch) const;

  StageTimes& times() const { return *times_; }

 private:
  page::PageConfig page_;
  ImageConfig image_;
  page::PaperConfig paper_;
  std::uint64_t seed_;
  std::shared_ptr<const ptbxl::TableFacts> tables_ = std::make_shared<ptbxl::TableFacts>();
  std::shared_ptr<StageTimes> times_ = std::make_shared<StageTimes>();
};

}  // namespace ecg_lora::data
