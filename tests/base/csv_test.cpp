#include "ecg_lora/base/csv.h"

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"

namespace ecg_lora {
namespace {

using testing::error_of;
using testing::has;

std::string data_error(const std::string& text) {
  return error_of(ExitCode::data, [&] { CsvTable::parse(text, "t.csv"); });
}

TEST(Csv, ReadsQuotesCommasAndLineBreaks) {
  const auto table = CsvTable::parse("id,\"the text\"\n1,\"a, \"\"b\"\"\r\nc\"\r\n2,\n", "t.csv");
  ASSERT_EQ(table.rows(), 2u);
  EXPECT_EQ(table.columns(), (std::vector<std::string>{"id", "the text"}));
  EXPECT_EQ(table.at(0, "the text"), "a, \"b\"\r\nc");
  EXPECT_EQ(table.at(1, "id"), "2");
  EXPECT_EQ(table.at(1, 1), "");
}

TEST(Csv, NeedsNoLastLineBreakAndSkipsBlankLines) {
  EXPECT_EQ(CsvTable::parse("\xef\xbb\xbf"
                            "a,b\r\n1,2\r\n\r\n3,4",
                            "t.csv")
                .at(1, "b"),
            "4");
  EXPECT_EQ(CsvTable::parse("a,b\n1,", "t.csv").at(0, "b"), "");
  EXPECT_EQ(CsvTable::parse("a,b", "t.csv").rows(), 0u);
}

TEST(Csv, SaysWhereDamageIs) {
  EXPECT_EQ(data_error("a,b\n1,\"x\ny\"\n3\n"),
            "t.csv: line 4: expected 2 columns, got 1; the file is truncated or damaged");
  EXPECT_TRUE(has(data_error("a,b\n1,2\n3,\"open\n"), "t.csv: line 3: a quoted cell is never closed"));
  EXPECT_TRUE(has(data_error("a,b\n\"1\"x,2\n"), "line 2: expected a comma"));
  EXPECT_TRUE(has(data_error(std::string("a,b\n1,\0\n", 8)), "line 2: expected text, got a zero byte"));
  EXPECT_TRUE(has(data_error("a,b,a\n"), "the column 'a' is there twice"));
  EXPECT_TRUE(has(data_error(""), "got an empty file"));
}

TEST(Csv, MissingColumnNamesThePresentOnes) {
  const auto table = CsvTable::parse("ecg_id,patient_id\n", "t.csv");
  EXPECT_TRUE(table.has("ecg_id"));
  EXPECT_FALSE(table.has("ecgid"));
  EXPECT_EQ(error_of(ExitCode::data, [&] { table.column("ecgid"); }),
            "t.csv: expected a column 'ecgid', got ecg_id, patient_id; the nearest is 'ecg_id'");
}

TEST(Csv, CellsComeBackEqual) {
  for (const std::string cell : {"", "plain", "a,b", "\"q\"", "two\nlines", "x\r"}) {
    const auto table = CsvTable::parse("a,b\n" + csv_cell(cell) + ",end\n", "t.csv");
    EXPECT_EQ(table.at(0, "a"), cell);
  }
}

}  // namespace
}  // namespace ecg_lora
