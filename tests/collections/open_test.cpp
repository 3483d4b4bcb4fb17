#include <algorithm>

#include "ecg_lora/ecg/collections/collection.h"
#include "ecg_lora/ecg/collections/snomed.h"
#include "ecg_lora/ecg/ptbxl/union.h"
#include "ptbxl/tables.h"
#include "support/shared_data.h"

namespace ecg_lora::collections {
namespace {

using testing::error_of;
using testing::has;
using testing::TemporaryFolder;

const std::string kChallenge =
    "HR00007 1 500 1\nHR00007.mat 16x1+24 1000(0)/mv 16 0 0 0 0 I\n#Age: 59\n#Sex: Female\n#Dx: "
    "164889003\n";
const std::string kPlain = "a 1 500 1 09:00:00 14/05/1989\na.dat 16\n";

void write(const TemporaryFolder& folder, const std::string& name, const std::string& text) {
  write_file(folder / name, text);
}

TEST(Open, TakesPtbxl) {
  const TemporaryFolder folder;
  write(folder, "ptbxl_database.csv",
        testing::kColumns + testing::row(7, "{'NORM': 80.0, 'SR': 0.0}"));
  write(folder, "scp_statements.csv", testing::kStatements);
  const auto collection = open_collection(folder / "");
  ASSERT_EQ(collection->kind(), CollectionKind::ptbxl);
  ASSERT_EQ(collection->size(), 1u);
  const CollectionItem item = collection->item(0);
  EXPECT_EQ(item.id, "7");
  EXPECT_EQ(item.patient, "15709");
  EXPECT_EQ(item.origin, "")
      << "another data set in PTB-XL's layout: its rows are not in the order of recording";
  EXPECT_EQ(item.waveform, folder / "records100/00000/00001_lr");
  EXPECT_EQ(item.age, 56);
  EXPECT_EQ(item.sex, 1);
  EXPECT_EQ(item.scheme, Scheme::scp);
  ASSERT_EQ(item.statements.size(), 2u);
  EXPECT_EQ(item.statements[0].code, "NORM");
  EXPECT_EQ(item.statements[0].likelihood, 80);
  EXPECT_EQ(item.report, "a, b");
  EXPECT_EQ(item.fold, 3);
  OpenOptions options;
  options.sampling_rate = 500;
  EXPECT_EQ(open_collection(folder / "", options)->item(0).waveform,
            folder / "records500/00000/00001_hr");
  options.sampling_rate = 250;
  EXPECT_TRUE(
      has(error_of(ExitCode::usage, [&] { open_collection(folder / "", options); }), "250 Hz"));
}

TEST(Open, TakesChallengeCopies) {
  const TemporaryFolder folder;
  write(folder, "g1/HR00007.hea", kChallenge);
  write(folder, "g2/A0001.hea", "A0001 1\nA0001.mat 16\n#Age: NaN\n#Dx: \n");
  write(folder, "g2/notes.txt", "x");
  const auto collection = open_collection(folder / "");
  ASSERT_EQ(collection->kind(), CollectionKind::challenge);
  ASSERT_EQ(collection->size(), 2u);
  const CollectionItem item = collection->item(0), other = collection->item(1);
  EXPECT_EQ(item.id, "HR00007");
  EXPECT_EQ(item.origin, "ptb-xl/7");
  EXPECT_EQ(item.patient, "");
  EXPECT_EQ(item.waveform, folder / "g1/HR00007");
  EXPECT_EQ(item.age, 59);
  EXPECT_EQ(item.scheme, Scheme::snomed);
  ASSERT_EQ(item.statements.size(), 1u);
  EXPECT_EQ(item.statements[0].code, "164889003");
  EXPECT_EQ(other.origin, "challenge-2021/A0001");
  EXPECT_FALSE(other.age);
  EXPECT_TRUE(other.statements.empty());
  EXPECT_TRUE(other.fold >= 1 && other.fold <= 10);
}

TEST(Open, EqualNamesInSeveralFoldersAreToldApart) {
  const TemporaryFolder folder;
  write(folder, "x/a.hea", kPlain);
  write(folder, "y/a.hea", kPlain);
  const auto collection = open_collection(folder / "");
  EXPECT_EQ(collection->item(0).id, "x/a");
  EXPECT_EQ(collection->item(1).id, "y/a");
}

TEST(Open, TakesPlainRecordingsAndLeavesSegmentsToTheirRecord) {
  const TemporaryFolder folder;
  write(folder, "a.hea", kPlain);
  write(folder, "m.hea", "m/2 1 250 20\nm_1 10\nm_2 10\n");
  write(folder, "m_1.hea", "m_1 1\nm.dat 16\n");
  write(folder, "m_2.hea", "m_2 1\nm.dat 16\n");
  write(folder, "page.png", "x");
  const auto collection = open_collection(folder / "");
  ASSERT_EQ(collection->kind(), CollectionKind::wfdb);
  ASSERT_EQ(collection->size(), 2u);
  EXPECT_EQ(collection->item(0).id, "a");
  EXPECT_EQ(collection->item(0).recorded, "1989-05-14 09:00:00");
  EXPECT_EQ(collection->item(0).origin, "");
  EXPECT_EQ(collection->item(1).id, "m");
  ASSERT_EQ(collection->notices().size(), 2u);
  EXPECT_TRUE(has(collection->notices()[0], "1 images among the recordings"));
  EXPECT_TRUE(has(collection->notices()[1], "2 headers are segments"));
}

TEST(Open, TakesPages) {
  const TemporaryFolder folder;
  for (const char* name : {"b/2.JPG", "a.png", "c.jpeg", "d.txt"}) write(folder, name, "x");
  const auto collection = open_collection(folder / "");
  ASSERT_EQ(collection->kind(), CollectionKind::images);
  ASSERT_EQ(collection->size(), 3u);
  EXPECT_EQ(collection->item(1).id, "b/2.JPG");
  EXPECT_EQ(collection->item(1).image, folder / "b/2.JPG");
  EXPECT_TRUE(collection->item(1).waveform.empty());
  EXPECT_TRUE(has(collection->description(), "a folder of page images (a.png), 3 images"));
}

TEST(Open, AnAskedKindIsTakenOrRefused) {
  const TemporaryFolder folder;
  write(folder, "HR00007.hea", kChallenge);
  OpenOptions options;
  options.kind = CollectionKind::wfdb;
  EXPECT_EQ(open_collection(folder / "", options)->kind(), CollectionKind::wfdb);
  options.kind = CollectionKind::images;
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { open_collection(folder / "", options); }),
                  "none for the kind 'images'"));
  options.kind = CollectionKind::mimic;
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { open_collection(folder / "", options); }),
                  "record_list.csv: no such file"));
  EXPECT_EQ(parse_collection_kind("mimic"), CollectionKind::mimic);
  EXPECT_TRUE(has(error_of(ExitCode::usage, [] { parse_collection_kind("mimik"); }),
                  "the nearest is 'mimic'"));
}

TEST(Open, NamesWhatItCannotRead) {
  const TemporaryFolder folder;
  write(folder, "readme.txt", "x");
  EXPECT_TRUE(
      has(error_of(ExitCode::data, [&] { open_collection(folder / ""); }), "got none of them"));
  EXPECT_TRUE(
      has(error_of(ExitCode::data, [&] { open_collection(folder / "no"); }), "got no folder"));
  write(folder, "a/HR00007.hea", kChallenge);
  write(folder, "b.hea", "# cut\n");
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { open_collection(folder / ""); }),
                  "b.hea: expected a WFDB record line"));
  OpenOptions options;
  options.skip_damaged = true;
  const auto collection = open_collection(folder / "", options);
  EXPECT_EQ(collection->size(), 1u);
  ASSERT_EQ(collection->notices().size(), 1u);
  EXPECT_TRUE(has(collection->notices()[0], "b.hea"));
}

TEST(Snomed, KnowsTheScoredTerms) {
  const auto& terms = snomed_terms();
  EXPECT_EQ(std::count_if(terms.begin(), terms.end(), [](const SnomedTerm& t) { return t.scored; }),
            30);
  ASSERT_NE(snomed_term("164889003"), nullptr);
  EXPECT_EQ(snomed_term("164889003")->name, "atrial fibrillation");
  EXPECT_EQ(snomed_term("164889003")->scp, "AFIB");
  EXPECT_EQ(snomed_term("1"), nullptr);
  for (const SnomedTerm& term : terms)
    EXPECT_EQ(snomed_term(term.code), &term) << "a code that is there once";
}

TEST(SharedSources, EveryScpCodeOfTheSnomedTableIsOneOfPtbxl) {
  ECG_LORA_NEEDS_SHARED("ptbxl-metadata");
  const auto database = ptbxl::load_database(testing::shared_data() / "ptbxl-metadata");
  for (const SnomedTerm& term : snomed_terms()) {
    for (const auto& part : ptbxl::parts_of(std::string(term.scp)))
      EXPECT_TRUE(part.empty() ||
                  std::any_of(database.statements.begin(), database.statements.end(),
                              [&](const auto& s) { return ptbxl::may_mean(part, s); }))
          << term.scp;
  }
}

TEST(SharedSources, OpensTheRealFolders) {
  ECG_LORA_NEEDS_SHARED("wfdb/challenge-mat");
  const auto challenge = open_collection(testing::shared_data() / "wfdb/challenge-mat");
  ASSERT_EQ(challenge->kind(), CollectionKind::challenge);
  ASSERT_EQ(challenge->size(), 2u);
  ECG_LORA_NEEDS_SHARED("ptbxl-metadata");
  const auto ptbxl = open_collection(testing::shared_data() / "ptbxl-metadata");
  EXPECT_EQ(ptbxl->size(), 21799u);
  EXPECT_EQ(ptbxl->scope(), "ptb-xl");
  for (std::size_t i = 0; i < ptbxl->size(); ++i) {
    const CollectionItem item = ptbxl->item(i);
    if (item.id != "6000") continue;
    EXPECT_EQ(item.origin, challenge->item(0).origin);
    EXPECT_EQ(item.age, challenge->item(0).age);
    EXPECT_EQ(item.sex, challenge->item(0).sex);
  }
  EXPECT_EQ(open_collection(testing::shared_data() / "wfdb/formats")->kind(), CollectionKind::wfdb);
}

}  // namespace
}  // namespace ecg_lora::collections
