// What the parts of `ecg-lora render` share.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ecg_lora/base/shard.h"
#include "ecg_lora/render/ground_truth.h"
#include "ecg_lora/render/paper.h"

namespace ecg_lora::tools {

struct RenderOptions {
  std::string record, root, folder;  ///< one of them: where recordings come from
  int ecg_id = 0;                    ///< one record of root; 0 for all
  std::vector<int> folds;            ///< of root; empty for all
  int sampling_rate = 500, limit = 0, workers = 0;
  std::string out, ground_truth, contact_sheet;
  bool with_ground_truth = false, skip_bad = false, digitize_check = false, benchmark = false;
  std::vector<std::string> recordings;  ///< folders besides root where its table may have waveforms
  std::vector<std::string> sets, paper_sets;
  render::PageConfig page;    ///< from sets
  render::PaperConfig paper;  ///< from paper_sets
  std::uint64_t seed = 1;     ///< of what happens to the paper
  Shard shard;                ///< which part of the recordings

  bool single() const { return !record.empty() || ecg_id > 0; }
};

/// A recording to draw.
struct Subject {
  std::filesystem::path record;  ///< without extension
  std::string name;              ///< of the files to write, below --out
  wfdb::Facts known;             ///< what tables tell of the patient
};

/// The recordings that the options name, in the order of the table or of their names. Data error
/// where there is none.
std::vector<Subject> select_subjects(const RenderOptions& options);

/// The page of a recording, after what the options do to the paper: a function of them and the
/// subject alone.
render::GroundTruth draw_record(const wfdb::Record& record, const Subject& subject,
                                const RenderOptions& options);
/// Reads and draws.
render::GroundTruth draw_subject(const Subject& subject, const RenderOptions& options);

/// The subjects of the shard that the options name. Usage error where they name none of a list, or
/// ask for what needs all pages.
std::vector<Subject> shard_of(std::vector<Subject> subjects, const RenderOptions& options);

/// Files for each subject, and the contact sheet.
void draw_files(const std::vector<Subject>& subjects, const RenderOptions& options);
/// Prints how well pages can be read back.
void check_pages(const std::vector<Subject>& subjects, const RenderOptions& options);
/// Prints times by stage.
void time_pages(const std::vector<Subject>& subjects, const RenderOptions& options);

}  // namespace ecg_lora::tools
