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
  EXPECT_TRUE(
      has(data_error("a,b\n1,2\n3,\"open\n"), "t.csv: line 3: a quoted cell is never closed"));
  EXPECT_TRUE(has(data_error("a,b\n\"1\"x,2\n"), "line 2: expected a comma"));
  EXPECT_TRUE(
      has(data_error(std::string("a,b\n1,\0\n", 8)), "line 2: expected text, got a zero byte"));
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

TEST(CsvReader, StreamsRowsThatSpanItsChunks) {
  const testing::TemporaryFolder folder;
  const std::string longest(3 << 20, 'x');  // three times what is read at once
  std::string text = "id,text\r\n";
  for (int i = 0; i < 40000; ++i)
    text += cat(i, ",\"line one, ", i, "\r\nhe said \"\"", i, "\"\"\"\r\n");
  write_file(folder / "t.csv", text + "40000,\"" + longest + "\"\n\n40001,\"\"\"\"");
  CsvReader reader(folder / "t.csv");
  for (int i = 0; i < 40000; ++i) {
    ASSERT_TRUE(reader.next());
    ASSERT_EQ(reader.required(0, 0, 99999), i);
    ASSERT_EQ(reader.at(1), cat("line one, ", i, "\r\nhe said \"", i, "\""));
    ASSERT_EQ(reader.line(), 2u + 2u * static_cast<std::size_t>(i));
  }
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.at(1), longest);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.at(1), "\"");
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.next());
}

TEST(CsvReader, ReadsNumbersAndNamesWhatIsNone) {
  CsvReader reader("id,x\n7.0,\n8,1e2\nx,nan\n", "t.csv");
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.integer(0, 0, 9), 7);
  EXPECT_FALSE(reader.number(1));
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { reader.required(1, 0, 9); }),
                  "t.csv row 2, column x: expected a whole number from 0 to 9, got ''"));
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.number(1), 100);
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { reader.integer(1, 0, 9); }), "got '1e2'"));
  ASSERT_TRUE(reader.next());
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { reader.number(0); }),
                  "row 4, column id: expected a number"));
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { reader.number(1); }), "got 'nan'"));
}

TEST(CsvReader, NamesAllMissingColumns) {
  const CsvReader reader("id,x\n", "t.csv");
  reader.require({"x", "id"});
  EXPECT_EQ(error_of(ExitCode::data, [&] { reader.require({"id", "y", "z"}); }),
            "t.csv: expected the columns y, z, which are missing; got id, x");
  EXPECT_TRUE(
      has(error_of(ExitCode::data, [&] { reader.require({"idd"}); }), "the nearest is 'id'"));
  EXPECT_TRUE(has(error_of(ExitCode::data, [] { CsvReader(std::filesystem::path("no/such.csv")); }),
                  "no such file"));
}

TEST(CsvReader, EndsAQuoteThatIsNeverClosed) {
  const testing::TemporaryFolder folder;
  write_file(folder / "t.csv", "id\n\"" + std::string(65 << 20, 'x'));
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { CsvReader(folder / "t.csv").next(); }),
                  "line 2: a row of more than 64 MiB"));
}

}  // namespace
}  // namespace ecg_lora
