#include "ecg_lora/ecg/collections/label_map.h"

#include "base/expect_error.h"
#include "ecg_lora/ecg/ptbxl/labels.h"
#include "ptbxl/tables.h"

namespace ecg_lora::collections {
namespace {

using testing::error_of;
using testing::has;
using testing::TemporaryFolder;

std::string header(const std::string& name, const std::string& codes) {
  return name + " 1 500 1\n" + name +
         ".mat 16x1+24 1000(0)/mv 16 0 0 0 0 I\n#Age: 59\n#Sex: Female\n#Dx: " + codes + "\n";
}

/// Two sites: north states fibrillation, south does not; 1 is no code of the map.
std::unique_ptr<Collection> two_sites(const TemporaryFolder& folder) {
  write_file(folder / "ext/north/A1.hea", header("A1", "164889003,426783006"));
  write_file(folder / "ext/north/A2.hea", header("A2", "426783006,1"));
  write_file(folder / "ext/south/B1.hea", header("B1", "426783006"));
  return open_collection(folder / "ext");
}

TEST(LabelMap, TellsSitesAndUnknownCodesApart) {
  const TemporaryFolder folder;
  const auto mapped =
      map_labels(*two_sites(folder), {{"AFIB", {"164889003"}}, {"SR", {"426783006"}}});
  ASSERT_EQ(mapped.records.size(), 3u);
  EXPECT_EQ(mapped.records[0].site, "north");
  EXPECT_EQ(mapped.records[0].labels, (std::set<std::string>{"AFIB", "SR"}));
  EXPECT_EQ(mapped.unknown_codes, (std::map<std::string, std::size_t>{{"1", 1}}));
  EXPECT_EQ(mapped.labels_of_site.at("north").at("SR"), 2u);
  EXPECT_EQ(mapped.labels_of_site.at("south").count("AFIB"), 0u);
}

TEST(LabelMap, CountsSitesAndUnknownCodesForPeople) {
  const TemporaryFolder folder;
  const auto mapped = map_labels(*two_sites(folder), {{"AFIB", {"164889003"}}});
  EXPECT_EQ(to_text(mapped),
            "3 recordings\n"
            "site north: 1 labels: AFIB 1\n"
            "site south: 0 labels:\n"
            "2 codes that the map has nowhere:\n"
            "  1: 1 recordings\n"
            "  426783006 sinus rhythm: 3 recordings\n");
}

TEST(LabelMap, WritesAFolderInPtbxlsLayout) {
  const TemporaryFolder folder;
  write_file(folder / "scp_statements.csv", testing::kStatements);
  const LabelMap map{{"MI", {"164889003"}}, {"NORM", {"426783006"}}};
  write_external(folder / "out", map_labels(*two_sites(folder), map), map,
                 folder / "scp_statements.csv", Json::object());
  const auto database = ptbxl::load_database(folder / "out", {(folder / "ext").string()});
  ASSERT_EQ(database.records.size(), 3u);
  EXPECT_EQ(database.records[2].site, "south");
  EXPECT_EQ(database.records[0].age, 59);
  EXPECT_EQ(database.waveform(database.records[0], 100), folder / "ext/north/A1");
  EXPECT_NE(database.records[0].patient_id, database.records[1].patient_id)
      << "unknown patients are not one";
  const ptbxl::LabelSet super(database, "superclass");
  ASSERT_EQ(super.labels().size(), 2u);
  EXPECT_EQ(super.labels()[0].name, "MI") << "a class of the map is one of the set";
  EXPECT_EQ(super.of(database.records[0]), (std::vector<bool>{true, true}));
  EXPECT_EQ(read_json(folder / "out/external.json")["unknown_codes"][0]["code"], "1");
}

/// What is more general than a label neither states it nor denies it.
TEST(LabelMap, AGeneralCodeLeavesItsPartsOpen) {
  const TemporaryFolder folder;
  write_file(folder / "scp_statements.csv", testing::kStatements);
  const LabelMap map{{"NORM|SR", {"426783006"}}, {"_AVB", {"164889003"}}, {"SR", {"1"}}};
  write_external(folder / "out", map_labels(*two_sites(folder), map), map,
                 folder / "scp_statements.csv", Json::object());
  const auto database = ptbxl::load_database(folder / "out", {(folder / "ext").string()});
  const auto names = [&](const ptbxl::LabelSet& set, const std::vector<bool>& flags) {
    std::string text;
    for (std::size_t l = 0; l < flags.size(); ++l)
      if (flags[l]) text += set.labels()[l].name + " ";
    return text;
  };
  const ptbxl::LabelSet all(database, "all"), classes(database, "superclass");
  EXPECT_EQ(names(all, all.of(database.records[0])), "NORM|SR _AVB ");
  EXPECT_EQ(names(all, all.left_open(database.records[0])), "SR ");
  EXPECT_EQ(names(all, all.of(database.records[1])), "NORM|SR SR ") << "1 is SR, stated as such";
  EXPECT_EQ(names(all, all.left_open(database.records[1])), "");
  EXPECT_EQ(names(classes, classes.of(database.records[0])), "CD ");
  EXPECT_EQ(all.labels()[0].words.asked, "a normal ECG or sinus rhythm");
  EXPECT_EQ(all.words().without_words() + all.words().described_otherwise(), "");
  EXPECT_EQ(ptbxl::LabelSet(database, "SR|NORM").labels()[0].name, "NORM|SR");
}

TEST(LabelMap, RefusesWhatIsNone) {
  const TemporaryFolder folder;
  write_file(folder / "scp_statements.csv", testing::kStatements);
  const auto statements = ptbxl::load_statements(folder / "scp_statements.csv");
  const auto refused = [&](const std::string& text) {
    write_file(folder / "map.json", text);
    return error_of(ExitCode::data, [&] { read_label_map(folder / "map.json", statements); });
  };
  EXPECT_TRUE(has(refused("[]"), "no object"));
  EXPECT_TRUE(has(refused("{}"), "no object"));
  EXPECT_TRUE(has(refused("{\"NORN\": [\"1\"]}"), "the nearest is NORM"));
  EXPECT_TRUE(has(refused("{\"NORM|SRR\": [\"1\"]}"), "'NORM|SRR' is neither"));
  EXPECT_TRUE(has(refused("{\"NORM\": []}"), "expected a list of codes"));
  EXPECT_TRUE(has(refused("{\"NORM\": \"1\"}"), "expected a list of codes"));
  EXPECT_TRUE(has(refused("{\"NORM\": [1.5]}"), "1.5"));
  write_file(folder / "map.json", "{\"NORM\": [426783006, \"x\"]}");
  EXPECT_EQ(read_label_map(folder / "map.json", statements),
            (LabelMap{{"NORM", {"426783006", "x"}}}));
  write_file(folder / "none/A1.hea", header("A1", "Unknown"));
  EXPECT_TRUE(
      has(error_of(ExitCode::data,
                   [&] { map_labels(*open_collection(folder / "none"), {{"NORM", {"1"}}}); }),
          "none of 1 recordings has a statement"));
}

TEST(LabelMap, ComesWithTheProgram) {
  const TemporaryFolder folder;
  write_file(folder / "scp_statements.csv", testing::kStatements);
  const auto map = default_label_map(ptbxl::load_statements(folder / "scp_statements.csv"));
  EXPECT_EQ(map.at("NORM"), (std::vector<std::string>{"NORM"}))
      << "no SNOMED code of the Challenge says that all is normal";
  EXPECT_EQ(map.at("MI"), (std::vector<std::string>{"57054005", "164865005", "164867002"}));
  EXPECT_EQ(map.at("NORM|SR"), (std::vector<std::string>{"426783006"}));
  EXPECT_EQ(map.at("SR"), (std::vector<std::string>{"SR"})) << "sinus rhythm is SR or NORM there";
  EXPECT_EQ(map.at("_AVB"), (std::vector<std::string>{"233917008"}));
}

}  // namespace
}  // namespace ecg_lora::collections
