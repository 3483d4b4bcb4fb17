#include <array>

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/ecg/collections/collection.h"
#include "ecg_lora/ecg/collections/folds.h"

namespace ecg_lora::collections {
namespace {

using testing::error_of;
using testing::has;
using testing::TemporaryFolder;

const std::string kListColumns = "subject_id,study_id,file_name,ecg_time,path\n";
const std::string kList =
    kListColumns +
    "10000032,40689238,40689238,2180-07-23 08:44:00,files/p1000/p10000032/s40689238/40689238\n"
    "10000032,44458630,44458630,2180-07-23 09:54:00,files/p1000/p10000032/s44458630/44458630\n"
    "10000117,48446569,48446569,,elsewhere/48446569\n";
const std::string kMeasurements =
    "subject_id,study_id,cart_id,ecg_time,report_0,report_1,report_2,bandwidth,filtering,rr_"
    "interval,p_onset,"
    "p_end,"
    "qrs_onset,qrs_end,t_end,p_axis,qrs_axis,t_axis\n"
    "10000117,48446569,1,x,Sinus rhythm,,\"Low voltage, \"\"precordial\"\"\",0.005-150 Hz,60 Hz "
    "notch,750,29999,29999,170,"
    "258,518,29999,64,-32\n"
    "10000032,40689238,1,x,Sinus rhythm,Normal ECG,,0.005-150 Hz,<not "
    "specified>,659,40,128,170,258,518,81,77,65\n"
    "99999999,99999999,1,x,Sinus rhythm,,,,,,,,,,,,,\n";

void write(const TemporaryFolder& folder, const std::string& list,
           const std::string& measurements = kMeasurements) {
  write_file(folder / "record_list.csv", list);
  if (!measurements.empty()) write_file(folder / "machine_measurements.csv", measurements);
}

TEST(Mimic, RefusesPathsOutsideOfTheDataSet) {
  for (const char* place : {"/etc/passwd", "../elsewhere/48446569", "files/../../a"}) {
    const TemporaryFolder folder;
    write(folder, cat(kListColumns, "10000117,48446569,48446569,,", place, "\n"));
    EXPECT_TRUE(has(error_of(ExitCode::data, [&] { open_collection(folder / ""); }),
                    "column path: expected a path within the data set"));
  }
}

TEST(Mimic, ReadsBothTables) {
  const TemporaryFolder folder;
  write(folder, kList);
  const auto collection = open_collection(folder / "");
  ASSERT_EQ(collection->kind(), CollectionKind::mimic);
  ASSERT_EQ(collection->size(), 3u);
  EXPECT_EQ(collection->scope(), "mimic-iv");
  const CollectionItem first = collection->item(0), second = collection->item(1),
                       third = collection->item(2);
  EXPECT_EQ(first.id, "40689238");
  EXPECT_EQ(first.patient, "10000032");
  EXPECT_EQ(first.waveform, folder / "files/p1000/p10000032/s40689238/40689238");
  EXPECT_EQ(first.recorded, "2180-07-23 08:44:00");
  EXPECT_EQ(first.report, "Sinus rhythm\nNormal ECG");
  ASSERT_TRUE(first.measurements);
  EXPECT_EQ(first.measurements->rr_interval, 659);
  EXPECT_EQ(first.measurements->t_axis, 65);
  EXPECT_EQ(first.measurements->bandwidth, "0.005-150 Hz");
  EXPECT_EQ(first.measurements->filtering, "<not specified>");
  EXPECT_FALSE(second.measurements);
  EXPECT_EQ(second.report, "");
  EXPECT_EQ(third.waveform, folder / "elsewhere/48446569");
  EXPECT_EQ(third.recorded, "");
  EXPECT_EQ(third.report, "Sinus rhythm\nLow voltage, \"precordial\"");
  EXPECT_FALSE(third.measurements->p_onset) << "29999 is 'not measured'";
  EXPECT_EQ(third.measurements->t_axis, -32);
  EXPECT_FALSE(first.age || first.sex);
  EXPECT_EQ(collection->notices().size(), 3u) << "an unknown study, a missing row, no patients.csv";
}

TEST(Mimic, TakesAgeAndSexFromMimicIv) {
  const TemporaryFolder folder;
  write(folder, kList);
  write_file(
      folder / "patients.csv",
      "subject_id,gender,anchor_age,anchor_year,dod\n10000032,F,52,2178,\n10000117,M,48,2174,\n");
  const auto collection = open_collection(folder / "");
  EXPECT_EQ(collection->item(0).age, 54);
  EXPECT_EQ(collection->item(0).sex, 1);
  EXPECT_EQ(collection->item(2).sex, 0);
  EXPECT_FALSE(collection->item(2).age) << "its time is unknown";
}

TEST(Mimic, SplitsByPatient) {
  const TemporaryFolder folder;
  std::string list = kListColumns;
  for (int i = 0; i < 20000; ++i) {
    list += cat(10000000 + i / 4, ',', 40000000 + i, ",f,2180-07-23 08:44:00,files/x/", i, '\n');
  }
  write(folder, list, "");
  OpenOptions options;
  const auto a = open_collection(folder / "", options), b = open_collection(folder / "", options);
  options.seed = 2;
  const auto c = open_collection(folder / "", options);
  std::array<int, 11> folds{};
  int moved = 0;
  for (std::size_t i = 0; i < a->size(); ++i) {
    const int fold = a->item(i).fold;
    ASSERT_EQ(fold, b->item(i).fold);
    ASSERT_EQ(fold, a->item(i - i % 4).fold) << "of the same patient";
    ++folds.at(static_cast<std::size_t>(fold));
    moved += c->item(i).fold != fold;
  }
  for (int fold = 1; fold <= 10; ++fold)
    EXPECT_NEAR(folds[static_cast<std::size_t>(fold)], 2000, 350) << fold;
  EXPECT_NEAR(moved, 18000, 500) << "another seed, other folds";
}

// Python: int(hashlib.sha256(b"1:10000032").hexdigest()[:16], 16) % 10 + 1
TEST(Folds, AreThoseOfTheDocumentedHash) {
  EXPECT_EQ(fold_of(1, "10000032"), 5);
  EXPECT_EQ(fold_of(1, "HR06000"), 2);
  EXPECT_EQ(fold_of(2, "HR06000"), 2);
}

TEST(Mimic, NamesRowAndColumnOfDamage) {
  const TemporaryFolder folder;
  const auto error = [&](const std::string& list, const std::string& measurements = "") {
    write(folder, list, measurements);
    return error_of(ExitCode::data, [&] { open_collection(folder / ""); });
  };
  EXPECT_TRUE(has(error(kListColumns + "x,1,1,,p\n"),
                  "record_list.csv row 2, column subject_id: expected a number"));
  EXPECT_TRUE(
      has(error(kListColumns + "1,1,1,1.1.1980,p\n"), "row 2, column ecg_time: expected a time"));
  EXPECT_TRUE(has(error(kListColumns + "1,1,1,,\n"), "row 2, column path: expected the path"));
  EXPECT_TRUE(has(error(kListColumns + "1,5,1,,p\n2,6,1,,p\n1,5,1,,p\n"),
                  "row 4, column study_id: expected an id that no row above has"));
  EXPECT_TRUE(has(error("subject_id,study_id\n"), "expected the columns ecg_time, path"));
  EXPECT_TRUE(has(error(kList, "study_id,rr_interval\n40689238,fast\n"),
                  "machine_measurements.csv row 2, column rr_interval"));
  EXPECT_TRUE(has(error(kList, "study_id\n40689238\n40689238\n"),
                  "row 3, column study_id: expected a study that no row above has"));
}

}  // namespace
}  // namespace ecg_lora::collections
