#include "ecg_lora/ecg/ptbxl/wording.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "ecg_lora/ecg/ptbxl/labels.h"
#include "ptbxl/tables.h"
#include "support/shared_data.h"
#include "wording_data.h"

namespace ecg_lora::ptbxl {
namespace {

using testing::error_of;
using testing::has;
using testing::TemporaryFolder;
using Entries = std::map<std::string, WordingEntry>;

// Every name of scp_statements.csv of PTB-XL 1.0.3.
const std::set<std::string> kSuperclasses = {"NORM", "MI", "STTC", "CD", "HYP"};
const std::set<std::string> kSubclasses = {
    "AMI",  "CLBBB", "CRBBB",   "ILBBB", "IMI",       "IRBBB",   "ISCA", "ISCI",
    "ISC_", "IVCD",  "LMI",     "LVH",   "LAFB/LPFB", "LAO/LAE", "PMI",  "NORM",
    "NST_", "RVH",   "RAO/RAE", "SEHYP", "STTC",      "WPW",     "_AVB"};
const std::set<std::string> kStatementNames = {
    "NDT",   "NST_",    "DIG",    "LNGQT", "NORM",  "IMI",   "ASMI",  "LVH",   "LAFB",
    "ISC_",  "IRBBB",   "1AVB",   "IVCD",  "ISCAL", "CRBBB", "CLBBB", "ILMI",  "AMI",
    "ALMI",  "LAO/LAE", "ISCIN",  "INJAS", "LMI",   "ISCIL", "LPFB",  "ISCAS", "INJAL",
    "ISCLA", "RVH",     "ANEUR",  "EL",    "WPW",   "ILBBB", "IPLMI", "ISCAN", "IPMI",
    "SEHYP", "INJIN",   "INJLA",  "PMI",   "3AVB",  "INJIL", "2AVB",  "ABQRS", "PVC",
    "STD_",  "VCLVH",   "QWAVE",  "LOWT",  "NT_",   "PAC",   "LPR",   "INVT",  "LVOLT",
    "HVOLT", "TAB_",    "STE_",   "SR",    "AFIB",  "STACH", "SARRH", "SBRAD", "PACE",
    "SVARR", "RAO/RAE", "PRC(S)", "BIGU",  "AFLT",  "SVTAC", "PSVT",  "TRIGU"};

std::set<std::string> names(const Entries& entries) {
  std::set<std::string> result;
  for (const auto& [name, entry] : entries) result.insert(name);
  return result;
}

TEST(Wording, NamesAllStatementsAndClassesInWordsOfTheirOwn) {
  const auto& data = Wording::builtin().data();
  EXPECT_EQ(names(data.superclasses), kSuperclasses);
  EXPECT_EQ(names(data.subclasses), kSubclasses);
  EXPECT_EQ(names(data.statements), kStatementNames);
  EXPECT_EQ(kStatementNames.size(), 71u);
  EXPECT_EQ(kSubclasses.size(), 23u);
  for (const auto* entries : {&data.superclasses, &data.subclasses, &data.statements}) {
    std::set<std::string> asked, listed;
    for (const auto& [name, entry] : *entries) {
      EXPECT_EQ(entry.words.asked.find_first_of("/()?_;:"), std::string::npos) << name;
      asked.insert(entry.words.asked), listed.insert(entry.words.listed);
    }
    EXPECT_EQ(asked.size(), entries->size());
    EXPECT_EQ(listed.size(), entries->size());
  }
}

std::string question(const std::string& code) {
  const auto& wording = Wording::builtin();
  return wording.question(wording.statement(code)->words);
}

TEST(Wording, AsksAsAClinicianWould) {
  EXPECT_EQ(question("QWAVE"), "Does this ECG show pathological Q waves?");
  EXPECT_EQ(question("ISC_"), "Does this ECG show non-specific ischemic changes?");
  EXPECT_EQ(question("ISCAN"), "Does this ECG show ischemia in the anterior leads?");
  EXPECT_EQ(question("BIGU"), "Does this ECG show bigeminy?");
  EXPECT_EQ(question("WPW"), "Does this ECG show Wolff-Parkinson-White syndrome?");
  EXPECT_EQ(question("1AVB"), "Does this ECG show a first-degree AV block?");
  EXPECT_EQ(Wording::builtin().statement("1AVB")->words.listed, "first-degree AV block");
  EXPECT_EQ(Wording::builtin().statement("ABQRS")->words.listed, "abnormal QRS complex");
}

/// What the table itself says, with the words behind it.
TEST(SharedWording, HoldsPtbxlsOwnDescriptions) {
  ECG_LORA_NEEDS_SHARED("ptbxl-metadata");
  const auto table = load_statements(testing::shared_data() / "ptbxl-metadata/scp_statements.csv");
  const auto& wording = Wording::builtin();
  std::set<std::string> of_class, of_subclass;
  for (const auto& statement : table) {
    ASSERT_TRUE(wording.statement(statement.code)) << statement.code;
    EXPECT_EQ(wording.statement(statement.code)->ptbxl, statement.description);
    of_class.insert(statement.diagnostic_class), of_subclass.insert(statement.diagnostic_subclass);
  }
  of_class.erase(""), of_subclass.erase("");
  EXPECT_EQ(table.size(), kStatementNames.size());
  EXPECT_EQ(of_class, kSuperclasses);
  EXPECT_EQ(of_subclass, kSubclasses);
}

TEST(Wording, IsWhatItsPageShows) {
  const auto page = read_file("docs/users/wording.md");
  EXPECT_TRUE(has(page, wording_table(Wording::builtin())))
      << "paste what `ecg-lora prepare wording` prints into docs/users/wording.md";
  EXPECT_TRUE(has(page, Wording::builtin().tag()));
}

class OwnWording : public ::testing::Test {
 protected:
  Wording read(const std::string& text, const std::vector<Statement>& table = {}) {
    write_file(folder_ / "words.json", text);
    return Wording::read(folder_ / "words.json", table);
  }
  std::string refused(const std::string& text) {
    return error_of(ExitCode::data, [&] { read(text); });
  }
  TemporaryFolder folder_;
};

TEST_F(OwnWording, StandsInPlaceOfWhatItNames) {
  const auto own = read(R"({"name": "ward 3", "questions": ["Zeigt dieses EKG {}?"],
      "statements": {"AFIB": "Vorhofflimmern",
                     "1AVB": {"asked": "einen AV-Block I", "listed": "AV-Block I"}}})");
  EXPECT_EQ(own.question(own.statement("AFIB")->words), "Zeigt dieses EKG Vorhofflimmern?");
  EXPECT_EQ(own.question(own.statement("1AVB")->words), "Zeigt dieses EKG einen AV-Block I?");
  EXPECT_EQ(own.statement("1AVB")->words.listed, "AV-Block I");
  EXPECT_EQ(own.statement("SR")->words.asked, "sinus rhythm") << "the rest is the program's";
  EXPECT_EQ(own.questions().size(), 1u);
  EXPECT_EQ(own.tag(), "ward 3 " + own.sha256().substr(0, 12));
  EXPECT_EQ(Wording::builtin().statement("AFIB")->words.asked, "atrial fibrillation");
}

TEST_F(OwnWording, IsTheSameIfItsWordsAre) {
  const auto& builtin = Wording::builtin();
  EXPECT_EQ(builtin.sha256().size(), 64u);
  const auto same =
      read("{\"name\": \"other\",\n \"statements\": {\"AFIB\": \"atrial fibrillation\"}}");
  EXPECT_EQ(same.sha256(), builtin.sha256());
  EXPECT_NE(read(R"({"name": "b", "statements": {"AFIB": "AF"}})").sha256(), builtin.sha256());
  EXPECT_NE(read(R"({"name": "b", "questions": ["Is there {}?"]})").sha256(), builtin.sha256());
  write_json(folder_ / "all.json", wording_json(builtin));
  auto whole = read_json(folder_ / "all.json");
  whole["name"] = "mine";
  EXPECT_EQ(read(whole.dump()).sha256(), builtin.sha256()) << "what is written reads back";
}

TEST_F(OwnWording, MayNameCodesOfItsDataSet) {
  const std::vector<Statement> table = {{"BRUG", "brugada", true, false, false, "CD", "BRUG"}};
  const std::string text = R"({"name": "b", "statements": {"BRUG": "a Brugada pattern"}})";
  EXPECT_EQ(read(text, table).statement("BRUG")->words.asked, "a Brugada pattern");
  EXPECT_TRUE(has(refused(text), "unknown name 'BRUG'"));
}

TEST_F(OwnWording, IsRefusedByNameIfItCannotBeMeant) {
  const auto with = [](const std::string& rest) { return "{\"name\": \"b\", " + rest + "}"; };
  EXPECT_TRUE(has(refused("[]"), "is no object"));
  EXPECT_TRUE(has(refused(R"({"statements": {}})"), "has no name"));
  EXPECT_TRUE(has(refused(R"({"name": "clinical 1"})"), "the program's own"));
  EXPECT_TRUE(has(refused(with(R"("statment": {})")), "the nearest is 'statements'"));
  EXPECT_TRUE(has(refused(with(R"("statements": {"AFIBB": "x"})")), "the nearest is 'AFIB'"));
  EXPECT_TRUE(has(refused(with(R"("superclasses": {"NORN": "x"})")), "the nearest is 'NORM'"));
  EXPECT_TRUE(has(refused(with(R"("statements": {"AFIB": {"aks": "x"}})")), "nearest is 'asked'"));
  EXPECT_TRUE(has(refused(with(R"("statements": {"AFIB": {"listed": "x"}})")), "lacks asked"));
  EXPECT_TRUE(has(refused(with(R"("statements": {"AFIB": " "})")), "statements AFIB is empty"));
  EXPECT_TRUE(has(refused(with(R"("statements": {"AFIB": "a\nb"})")), "line break"));
  EXPECT_TRUE(has(refused(with(R"("statements": {"AFIB": 3})")), "expected words in quotes"));
  EXPECT_TRUE(
      has(refused(with(R"("statements": {"AFIB": "sinus rhythm"})")), "for AFIB and for SR"));
  EXPECT_TRUE(has(refused(with(R"("questions": [])")), "at least one"));
  EXPECT_TRUE(has(refused(with(R"("questions": ["{}?", "Is it?"])")), "question 2 is 'Is it?'"));
  EXPECT_TRUE(has(refused(with(R"("questions": ["{} or {}?"])")), "{} once"));
  const auto endless = "\"statements\": {\"AFIB\": \"" + std::string(301, 'x') + "\"}";
  EXPECT_TRUE(has(refused(with(endless)), "301 bytes"));
}

TEST(Wording, OfALabelSetFallsBackToDescriptions) {
  const auto table = testing::kStatements + "BRUG,brugada pattern,1.0,,,CD,_AVB,x\n" +
                     "PVC,early beat,,1.0,,,,x\n";
  const auto rows = testing::row(1, "{'BRUG': 100.0, 'AFIB': 0.0, 'PVC': 100.0}");
  const auto database = testing::load(rows, testing::kColumns, table);
  const LabelSet all(database, "all"), sub(database, "subclass"), super(database, "superclass");
  const auto words = [](const LabelSet& set, std::size_t l) { return set.labels()[l].words; };
  EXPECT_EQ(words(all, 0).asked, "atrial fibrillation");
  EXPECT_EQ(words(all, 1).asked, "brugada pattern");
  EXPECT_EQ(words(all, 1).listed, "brugada pattern");
  EXPECT_EQ(words(sub, 0).asked, "an AV block");
  EXPECT_EQ(words(super, 0).asked, "a conduction disturbance");
  EXPECT_TRUE(has(all.words().without_words(), "'clinical 1' has no words for"));
  EXPECT_TRUE(has(all.words().without_words(), "description: BRUG"));
  EXPECT_TRUE(has(all.words().described_otherwise(), "PVC ('early beat', asked for as 'premature"));
  EXPECT_EQ(sub.words().without_words() + sub.words().described_otherwise(), "");
}

/// An external data set states a class like a statement.
TEST(Wording, OfAClassThatIsStatedIsThatOfTheClass) {
  EXPECT_EQ(Wording::builtin().statement("HYP")->words.asked, "hypertrophy");
  EXPECT_EQ(Wording::builtin().statement("AMI")->words.asked, "anterior myocardial infarction");
  EXPECT_FALSE(Wording::builtin().statement("F_FAST"));
}

}  // namespace
}  // namespace ecg_lora::ptbxl
