#include <algorithm>
#include <iterator>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/hash.h"
#include "ecg_lora/config/fields.h"
#include "ecg_lora/ptbxl/facts.h"
#include "render.h"

namespace ecg_lora::tools {
namespace {

namespace fs = std::filesystem;

Subject subject_of(const ptbxl::Database& database, const ptbxl::RecordInfo& info,
                   int sampling_rate) {
  const auto path = database.waveform(info, sampling_rate);
  return {path, fs::relative(path, database.root).generic_string(), ptbxl::facts_of(info)};
}

std::vector<Subject> from_root(const RenderOptions& options) {
  const auto database = ptbxl::load_database(options.root, options.recordings);
  const auto wanted = [&](const ptbxl::RecordInfo& info) {
    if (options.ecg_id > 0) return info.ecg_id == options.ecg_id;
    return options.folds.empty() || std::find(options.folds.begin(), options.folds.end(),
                                              info.strat_fold) != options.folds.end();
  };
  std::vector<Subject> subjects;
  for (const auto& info : database.records)
    if (wanted(info)) subjects.push_back(subject_of(database, info, options.sampling_rate));
  if (subjects.empty())
    throw_data(options.root, " has no record ",
               options.ecg_id > 0 ? cat("with ecg_id ", options.ecg_id) : "in these folds",
               " among its ", database.records.size(), "; choose one of its table");
  return subjects;
}

std::vector<Subject> from_folder(const fs::path& folder) {
  if (!fs::is_directory(folder))
    throw_data(folder.string(),
               ": expected a folder of WFDB records, got no folder; check the path");
  std::vector<Subject> subjects;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".hea") continue;
    auto record = entry.path();
    record.replace_extension();
    subjects.push_back({record, fs::relative(record, folder).generic_string(), {}});
  }
  if (subjects.empty())
    throw_data(folder.string(), ": expected WFDB records, got no .hea file; check the path");
  std::sort(subjects.begin(), subjects.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return subjects;
}

}  // namespace

std::vector<Subject> select_subjects(const RenderOptions& options) {
  const int given = !options.record.empty() + !options.root.empty() + !options.folder.empty();
  if (given != 1)
    throw_usage("expected one of --record, --root and --folder, got ",
                given == 0 ? "none" : "several", "; give one");
  if (options.root.empty() && (options.ecg_id > 0 || !options.folds.empty()))
    throw_usage("--ecg-id and --folds choose from --root, got none; give it");
  std::vector<Subject> subjects;
  if (!options.record.empty())
    subjects.push_back({options.record, fs::path(options.record).filename().string(), {}});
  else
    subjects = options.root.empty() ? from_folder(options.folder) : from_root(options);
  if (options.limit > 0 && subjects.size() > static_cast<std::size_t>(options.limit))
    subjects.resize(static_cast<std::size_t>(options.limit));
  if (options.root.empty() && options.page.header) {
    const ptbxl::TableFacts tables;
    for (auto& subject : subjects) subject.known = tables.of(subject.record);
  }
  return subjects;
}

std::vector<Subject> shard_of(std::vector<Subject> subjects, const RenderOptions& options) {
  const auto& shard = options.shard;
  if (shard.whole()) return subjects;
  if (options.single() || options.out.empty())
    throw_usage("--shard ", shard.number, "/", shard.count,
                ": expected several recordings and --out, got ",
                options.single() ? "one recording" : "no --out", "; leave it out");
  if (!options.contact_sheet.empty() || options.digitize_check || options.benchmark)
    throw_usage(
        "--contact-sheet, --digitize-check and --benchmark are about all pages, expected them "
        "without --shard; run the command once more without it, which keeps the pages");
  const auto begin = subjects.begin() + static_cast<std::ptrdiff_t>(shard.begin(subjects.size()));
  const auto end = subjects.begin() + static_cast<std::ptrdiff_t>(shard.end(subjects.size()));
  return {std::make_move_iterator(begin), std::make_move_iterator(end)};
}

render::GroundTruth draw_record(const wfdb::Record& record, const Subject& subject,
                                const RenderOptions& options) {
  const auto header = render::header_of(record, subject.known);
  render::GroundTruth truth{record.name,
                            {{"page", config::dump(options.page)}},
                            render::draw_page(record, options.page, header)};
  if (options.paper.is_clean()) return truth;
  // The key is the name, so that a page stays the same whatever else is drawn.
  const auto key = std::stoull(sha256(subject.name).substr(0, 16), nullptr, 16);
  truth.parameters["seed"] = options.seed;
  truth.parameters["paper"] =
      render::to_json(render::apply_paper(truth.page, options.paper, options.seed, key));
  return truth;
}

render::GroundTruth draw_subject(const Subject& subject, const RenderOptions& options) {
  return draw_record(wfdb::read_record(subject.record), subject, options);
}

}  // namespace ecg_lora::tools
