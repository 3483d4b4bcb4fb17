#include "ecg_lora/synthetic/cohort/dataset.h"

#include <map>
#include <set>

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/hash.h"
#include "ecg_lora/ecg/ptbxl/labels.h"
#include "ecg_lora/ecg/wfdb/record.h"

namespace ecg_lora::synthetic {
namespace {

using testing::error_of;
using testing::has;
using testing::TemporaryFolder;

/// Hash over the names and bytes of all files.
std::string fingerprint(const std::filesystem::path& root) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.is_regular_file())
      files[entry.path().lexically_relative(root).string()] = sha256_file(entry.path());
  }
  std::string text;
  for (const auto& [name, hash] : files) text += name + ' ' + hash + '\n';
  return sha256(text);
}

TEST(Dataset, NamesItsPresets) {
  EXPECT_EQ(parse_preset("conditions"), Preset::conditions);
  EXPECT_EQ(parse_preset("findings"), Preset::findings);
  EXPECT_EQ(parse_preset("cohort"), Preset::cohort);
  EXPECT_TRUE(has(error_of(ExitCode::usage, [] { parse_preset("cohorts"); }), "got 'cohorts'"));
}

TEST(Dataset, IsAFunctionOfItsSeed) {
  const TemporaryFolder folder;
  for (const Preset preset : {Preset::conditions, Preset::findings}) {
    const std::string name = preset == Preset::conditions ? "c" : "f";
    write_dataset(folder / (name + "1"), {preset, 20, 7});
    write_dataset(folder / (name + "2"), {preset, 20, 7});
    write_dataset(folder / (name + "3"), {preset, 20, 8});
    EXPECT_EQ(fingerprint(folder / (name + "1")), fingerprint(folder / (name + "2")));
    EXPECT_NE(fingerprint(folder / (name + "1")), fingerprint(folder / (name + "3")));
  }
  EXPECT_EQ(folder.entries(), 6u);
}

TEST(Dataset, TheFirstPresetsAreFrozen) {
  // models/pages was trained on the findings, and the figures of the quick start come from the
  // conditions.
  const TemporaryFolder folder;
  write_dataset(folder / "c", {Preset::conditions, 20, 7});
  write_dataset(folder / "f", {Preset::findings, 20, 7});
  EXPECT_EQ(fingerprint(folder / "c"),
            "b747bb48c2cb9738b2ddd0c24affc1d2fe5e7801e4589de625ae8154494d7a81");
  EXPECT_EQ(fingerprint(folder / "f"),
            "2c23d9da858ccd9dc88c0de9fa6f43f3a073a86c884062d49374bbdf005fd94c");
}

TEST(Dataset, IsTheSameFromAnyNumberOfWorkers) {
  const TemporaryFolder folder;
  for (const int workers : {1, 2, 7}) {
    DatasetOptions options{Preset::cohort, 30, 5, {100, 500}};
    options.workers = workers;
    write_dataset(folder / std::to_string(workers), options);
  }
  EXPECT_EQ(fingerprint(folder / "1"), fingerprint(folder / "2"));
  EXPECT_EQ(fingerprint(folder / "1"), fingerprint(folder / "7"));
}

TEST(Dataset, CohortSpreadsItsConditionsOverTheFolds) {
  const TemporaryFolder folder;
  DatasetOptions options{Preset::cohort, 0, 1};
  options.seconds = 1;  // the tables are what counts here
  write_dataset(folder / "d", options);
  const ptbxl::Database database = ptbxl::load_database(folder / "d");
  EXPECT_EQ(database.records.size(), 1999u);
  std::map<std::pair<std::string, int>, int> count;
  for (const ptbxl::RecordInfo& record : database.records) {
    EXPECT_TRUE(record.age && *record.age >= 18 && record.sex && !record.report.empty());
    for (const auto& entry : record.scp_codes) {
      EXPECT_NE(database.statement(entry.code), nullptr) << entry.code;
      ++count[{entry.code, record.strat_fold}];
    }
  }
  for (const ptbxl::Statement& statement : database.statements) {
    for (int fold = 1; fold <= 10; ++fold)
      EXPECT_GE((count[{statement.code, fold}]), 1) << statement.code << " in fold " << fold;
  }
  EXPECT_EQ(ptbxl::LabelSet(database, "superclass").labels().size(), 5u);
  EXPECT_EQ(wfdb::read_record(database.waveform(database.records[0], 100)).length(), 100u);
}

TEST(Dataset, HasPtbXlsLayoutAndWholePatientsInBalancedFolds) {
  const TemporaryFolder folder;
  write_dataset(folder / "d", {Preset::conditions, 60, 1, {100, 500}});
  const ptbxl::Database database = ptbxl::load_database(folder / "d");
  ASSERT_EQ(database.records.size(), 120u);
  std::map<int, int> fold_of, records_of, size_of;
  for (const ptbxl::RecordInfo& record : database.records) {
    const auto [known, fresh] = fold_of.try_emplace(record.patient_id, record.strat_fold);
    EXPECT_EQ(known->second, record.strat_fold)
        << "patient " << record.patient_id << " crosses folds";
    ++records_of[record.patient_id];
    ++size_of[record.strat_fold];
    EXPECT_TRUE(record.age && record.sex && !record.report.empty());
    for (const auto& entry : record.scp_codes)
      EXPECT_NE(database.statement(entry.code), nullptr) << entry.code;
    EXPECT_EQ(wfdb::read_record(database.waveform(record, 100)).length(), 1000u);
    EXPECT_EQ(wfdb::read_record(database.waveform(record, 500)).length(), 5000u);
  }
  EXPECT_EQ(fold_of.size(), 60u);
  EXPECT_EQ(size_of.size(), 10u);
  for (const auto& [fold, size] : size_of) EXPECT_EQ(size, 12) << fold;
  std::set<int> counts;
  for (const auto& entry : records_of) counts.insert(entry.second);
  EXPECT_EQ(counts, (std::set<int>{1, 2, 3}));
  EXPECT_EQ(database.records[0].filename_lr, "records100/00000/00001_lr");
  EXPECT_EQ(ptbxl::LabelSet(database, "superclass").labels().size(), 5u);
}

TEST(Dataset, SpreadsConditionsOverTheFolds) {
  const TemporaryFolder folder;
  write_dataset(folder / "d", {});
  const ptbxl::Database database = ptbxl::load_database(folder / "d");
  EXPECT_EQ(database.records.size(), 1200u);
  std::map<std::pair<std::string, int>, int> count;
  for (const ptbxl::RecordInfo& record : database.records) {
    for (const auto& entry : record.scp_codes) ++count[{entry.code, record.strat_fold}];
  }
  for (const ptbxl::Statement& statement : database.statements) {
    for (int fold = 1; fold <= 10; ++fold) {
      EXPECT_GE((count[{statement.code, fold}]), 8) << statement.code << " in fold " << fold;
    }
  }
}

TEST(Dataset, OpensANewFolderAtAThousandRecords) {
  const TemporaryFolder folder;
  write_dataset(folder / "d", {Preset::findings, 502, 1, {100}, 1});
  EXPECT_TRUE(std::filesystem::exists(folder / "d/records100/00000/00999_lr.dat"));
  EXPECT_TRUE(std::filesystem::exists(folder / "d/records100/01000/01000_lr.dat"));
}

TEST(Dataset, RefusesWhatExistsAndWhatPtbXlHasNot) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "d");
  EXPECT_TRUE(
      has(error_of(ExitCode::usage, [&] { write_dataset(folder / "d", {}); }), "exists already"));
  const auto error = [&](const DatasetOptions& options) {
    return error_of(ExitCode::usage, [&] { write_dataset(folder / "e", options); });
  };
  EXPECT_TRUE(has(error({Preset::conditions, -1}), "got -1"));
  EXPECT_TRUE(has(error({Preset::conditions, 3, 1, {250}}), "got 250"));
  EXPECT_TRUE(has(error({Preset::conditions, 3, 1, {}}), "got none"));
  EXPECT_TRUE(has(error({Preset::cohort, 3, 1, {100}, 0.5}), "got 0.5"));
  EXPECT_TRUE(has(error({Preset::cohort, 3, 1, {100}, 10, -2}), "got -2"));
  EXPECT_EQ(folder.entries(), 1u);
}

}  // namespace
}  // namespace ecg_lora::synthetic
