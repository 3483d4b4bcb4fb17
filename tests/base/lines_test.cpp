#include "ecg_lora/base/lines.h"

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/inside.h"
#include "ecg_lora/base/json_text.h"

namespace ecg_lora {
namespace {

namespace fs = std::filesystem;
using testing::error_of, testing::has, testing::TemporaryFolder;

std::vector<std::string> lines_of(const std::string& text) {
  const TemporaryFolder folder;
  write_file(folder / "a", text);
  LineReader in(folder / "a");
  std::vector<std::string> lines;
  for (std::string line; in.next(line);) {
    lines.push_back(line);
    EXPECT_EQ(in.number(), lines.size());
  }
  return lines;
}

TEST(Lines, AreThoseOfTheFile) {
  using Lines = std::vector<std::string>;
  EXPECT_EQ(lines_of(""), Lines{});
  EXPECT_EQ(lines_of("\n"), Lines{""});
  EXPECT_EQ(lines_of("a\n\nbc"), (Lines{"a", "", "bc"}));
  EXPECT_EQ(lines_of("a\r\nb\n"), (Lines{"a\r", "b"}));
}

TEST(Lines, ThatDoNotEndAreRefusedBeforeMemoryIsFull) {
  const TemporaryFolder folder;
  write_file(folder / "a", "first\n");
  fs::resize_file(folder / "a", 100 << 20);  // zeros without an end of line
  LineReader in(folder / "a");
  std::string line;
  EXPECT_TRUE(in.next(line));
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { in.next(line); }), "line 2 has more than 16 MiB"));
  EXPECT_EQ(first_line(folder / "a", 100), "first");
  EXPECT_EQ(first_line(folder / "a", 3), "fir");
}

TEST(Lines, OfEndlessFilesAreNotRead) {
  const TemporaryFolder folder;
  write_file(folder / "a", "first\n");
  fs::resize_file(folder / "a", std::uintmax_t{3} << 40);
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { LineReader in(folder / "a"); }), "1024 MiB"));
}

TEST(JsonText, TakesBytesThatAreNoText) {
  EXPECT_EQ(json_text({{"name", "a\xff"}}), "{\"name\":\"a\xef\xbf\xbd\"}");
  EXPECT_TRUE(is_utf8("\xc3\xa4"));
  EXPECT_FALSE(is_utf8("\xc3"));
}

TEST(AllowedFolders, HoldWhatLiesBelowThemLinksFollowed) {
  const TemporaryFolder folder;
  fs::create_directories(folder / "data/records");
  fs::create_directories(folder / "home");
  write_file(folder / "home/secret.hea", "");
  fs::create_directory_symlink(folder / "home", folder / "data/linked");
  fs::create_symlink(folder / "home/secret.hea", folder / "data/records/a.hea");
  const AllowedFolders own({folder / "data"}), both({folder / "data", folder / "home"});
  EXPECT_TRUE(own.contain(folder / "data/records/new"));
  for (const char* name :
       {"data/linked/secret.hea", "data/records/a.hea", "data/../home", "database"}) {
    EXPECT_FALSE(own.contain(folder / name)) << name;
    EXPECT_EQ(both.contain(folder / name), std::string(name) != "database") << name;
  }
}

}  // namespace
}  // namespace ecg_lora
