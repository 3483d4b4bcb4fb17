// What comments and the record line say of patient and time.
#include "ecg_lora/ecg/wfdb/patient_facts.h"

#include "wfdb/scratch.h"

namespace ecg_lora::wfdb {
namespace {

using namespace testing;

/// "51 male" of the comments; "-" for what they do not say.
std::string of(const std::vector<std::string>& comments) {
  PatientFacts facts;
  for (const auto& comment : comments) read_comment(comment, facts);
  return cat(facts.age ? cat(*facts.age) : "-", " ",
             !facts.sex        ? "-"
             : *facts.sex == 0 ? "male"
                               : "female");
}

std::string problem(const std::string& comment) {
  PatientFacts facts;
  return read_comment(comment, facts);
}

TEST(PatientFacts, OfCommentsInEverySpelling) {
  EXPECT_EQ(of({"Age: 51", "Sex: Female"}), "51 female") << "PhysioNet's challenges";
  EXPECT_EQ(of({"Age:51", "Sex:M"}), "51 male");
  EXPECT_EQ(of({"<age>: 51", "<sex>: F", "<diagnoses>:"}), "51 female") << "LUDB";
  EXPECT_EQ(of({"<age>: 68 <sex>: M <diagnoses> (none)"}), "68 male") << "MIMIC";
  EXPECT_EQ(of({"Age: 43  Sex: M", "averages: 3"}), "43 male");
  EXPECT_EQ(of({"age : 0.5, gender: f"}), "0.5 female");
  EXPECT_EQ(of({"Patient age: 81 years; sex: woman"}), "81 female");
  EXPECT_EQ(of({"Age: 051Y"}), "51 -");
  EXPECT_EQ(of({"Age: 6 months"}), "0.5 -");
  EXPECT_EQ(of({"Age: 006M"}), "0.5 -");
  EXPECT_EQ(of({"Age: 51 M"}), "51 -");
}

TEST(PatientFacts, AgesAbove89AreToldAsSuch) {
  for (const char* age : {"> 89", ">89", "90+", "300"})
    EXPECT_EQ(of({cat("Age: ", age)}), "300 -") << age;
  EXPECT_EQ(of({"Age: >50"}), "50 -");
}

TEST(PatientFacts, WhatIsUnknownIsNoFact) {
  for (const char* value : {"", "NaN", "Unknown", "n/a", "?", "-1"})
    EXPECT_EQ(of({cat("Age: ", value), "Sex: Unknown"}), "- -") << value;
  EXPECT_EQ(of({"Aged: 5", "stage: 2", "Rhythm: sinus", "ages 3: 5", "Sexual: m", "_age: 4"}),
            "- -");
  EXPECT_EQ(problem("Age: NaN") + problem("Sex: Unknown") + problem("Age: 51"), "");
  EXPECT_EQ(problem("Age: old"), "expected an age in years, got 'old'");
  EXPECT_EQ(problem("Age: 5x"), "expected an age in years, got '5x'");
  EXPECT_EQ(problem("Age: 900"), "expected an age in years, got '900'");
  EXPECT_EQ(problem("Sex: x"), "expected the sex Male or Female, got 'x'");
}

TEST(PatientFacts, OfTheRecordLineAreWrittenAsPtbXlWritesThem) {
  const auto recorded = [](const std::string& line) {
    return facts_of(read(
        {{"r.hea", "r 1 100 1 " + line + "\nr.dat 16 1/mV 16 0\n# Age: 51\n"}, {"r.dat", "ab"}}));
  };
  EXPECT_EQ(recorded("09:17:34.5 9/11/1984").recorded, "1984-11-09 09:17:34");
  EXPECT_EQ(recorded("05-Feb-2020 11:39:16").recorded, "2020-02-05 11:39:16");
  EXPECT_EQ(recorded("25/12/2001").recorded, "2001-12-25");
  EXPECT_EQ(recorded("10:20:30").recorded, "10:20:30");
  EXPECT_EQ(recorded("").recorded, "");
  EXPECT_EQ(recorded("").age, 51);
}

TEST(PatientFacts, AreCompletedByOthers) {
  const PatientFacts table{"7", 60, {}, "1984"}, header{"", 50, 1, "1990"};
  const auto both = complete(table, header);
  EXPECT_EQ(both.id + " " + both.recorded, "7 1984");
  EXPECT_EQ(both.age, 60);
  EXPECT_EQ(both.sex, 1);
  EXPECT_TRUE(complete({}, {}).empty());
}

}  // namespace
}  // namespace ecg_lora::wfdb
