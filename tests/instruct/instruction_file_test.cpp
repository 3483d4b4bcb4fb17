#include "ecg_lora/instruct/format/instruction_file.h"

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "scanner.h"

namespace ecg_lora::instruct {
namespace {

using testing::error_of;
using testing::has;
using testing::TemporaryFolder;

std::string item_text(int number, const std::string& answer = "Yes.") {
  return cat("{\"id\": ", number, ", \"image\": \"r", number % 3,
             ".png\", \"conversations\": [{\"from\": \"human\", \"value\": \"Q", number,
             "?\"}, {\"from\": \"gpt\", \"value\": \"", answer, "\"}]}");
}

class Files : public ::testing::Test {
 protected:
  std::filesystem::path write(const std::string& text, const std::string& name = "a.json") const {
    write_file(folder_ / name, text);
    return folder_ / name;
  }
  const TemporaryFolder folder_;
};

TEST_F(Files, ItemsAreReadFromTheirPlaces) {
  std::string list = "[", lines;
  for (int i = 0; i < 300; ++i) {
    list += (i ? ",\n" : "") + item_text(i, std::string(static_cast<std::size_t>(i), 'x') + "é");
    lines += item_text(i, std::string(static_cast<std::size_t>(i), 'x') + "é") + "\n";
  }
  for (const auto& path : {write(list + "]"), write(lines, "b.jsonl")}) {
    const InstructionFile file(path, OnBad::stop, 3);
    ASSERT_EQ(file.entries().size(), 300u);
    for (const std::size_t i : {0, 7, 299}) {
      EXPECT_EQ(file.item(i).id, std::to_string(i));
      EXPECT_EQ(file.item(i).turns[1].content.size(), i + 2);
      EXPECT_EQ(file.entries()[i].images, image_key({cat("r", i % 3, ".png")}));
      EXPECT_EQ(file.entries()[i].image_count, 1);
      EXPECT_FALSE(file.entries()[i].ascii);
    }
    EXPECT_TRUE(file.skipped().empty());
  }
}

TEST_F(Files, ItemsAcrossThePiecesOfTheFileAreWhole) {
  std::string list = "[";
  const std::string filler(900'000, 'y');
  for (int i = 0; i < 12; ++i)
    list += (i ? "," : "") + item_text(i, filler);  // 10.8 MB, read in pieces of 4 MiB
  const InstructionFile file(write(list + "]"), OnBad::stop, 2);
  ASSERT_EQ(file.entries().size(), 12u);
  for (std::size_t i = 0; i < 12; ++i)
    EXPECT_EQ(file.item(i).turns[1].content.size(), filler.size());
}

TEST_F(Files, WhatIsNotReadIsCountedOverUsableItems) {
  std::string list = "[";
  for (int i = 0; i < 200; ++i) {
    auto text = item_text(i, i % 2 == 0 ? "Yes." : "");
    if (i % 4 == 0) text.insert(1, "\"video\": \"v.mp4\", ");
    list += (i ? "," : "") + text;
  }
  const InstructionFile file(write(list + "]"), OnBad::skip, 3);
  EXPECT_EQ(file.skipped().size(), 100u);
  EXPECT_EQ(file.unread().items, 50);
  EXPECT_EQ(file.unread().parts, (std::map<std::string, std::int64_t>{{"'video'", 50}}));
  EXPECT_TRUE(InstructionFile(write("[" + item_text(1) + "]"), OnBad::stop).unread().empty());
}

TEST_F(Files, ABadItemStopsOrIsSkippedAndNamed) {
  const auto text = "[" + item_text(0) + ", {\"id\": 1}, " + item_text(2) +
                    ", {\"id\": 1, \"id\": 2}, " + item_text(4, "\xff") + "]";
  const auto path = write(text);
  const auto at = text.find("{\"id\": 1}");
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { InstructionFile(path, OnBad::stop); }),
                  cat("a.json: item 1 at byte ", at, " has no conversations")));
  const InstructionFile file(path, OnBad::skip);
  ASSERT_EQ(file.entries().size(), 2u);
  EXPECT_EQ(file.item(1).id, "2");
  EXPECT_EQ(file.entries()[1].number, 2u);
  ASSERT_EQ(file.skipped().size(), 3u);
  EXPECT_EQ(file.skipped()[0].item, 1);
  EXPECT_EQ(file.skipped()[0].byte, at);
  EXPECT_TRUE(has(file.skipped()[1].reason, "item 3 at byte"));
  EXPECT_TRUE(has(file.skipped()[1].reason, "the key 'id' is there twice"));
  EXPECT_TRUE(has(file.skipped()[2].reason, "UTF-8"));
}

TEST_F(Files, TheFirstBadItemIsNamedOnAnyNumberOfThreads) {
  std::string list = "[";
  for (int i = 0; i < 2000; ++i)
    list += (i ? "," : "") + (i % 500 == 499 ? std::string("{\"id\": 1}") : item_text(i));
  const auto path = write(list + "]");
  for (const int threads : {1, 2, 5})
    EXPECT_TRUE(has(error_of(ExitCode::data, [&] { InstructionFile(path, OnBad::stop, threads); }),
                    "item 499 at byte"));
}

TEST_F(Files, ACutFileStopsOrKeepsItsWholeItems) {
  const auto text = "[" + item_text(0) + "," + item_text(1) + "," + item_text(2) + "]";
  for (const std::size_t keep : {text.size() - 1, text.size() - 20, text.find(item_text(1)) + 5}) {
    const auto path = write(text.substr(0, keep));
    EXPECT_TRUE(has(error_of(ExitCode::data, [&] { InstructionFile(path, OnBad::stop); }),
                    cat("byte ", keep, ": the file ends within")));
    const InstructionFile file(path, OnBad::skip);
    EXPECT_EQ(file.entries().size(), keep == text.size() - 1    ? 3u
                                     : keep == text.size() - 20 ? 2u
                                                                : 1u);
    ASSERT_EQ(file.skipped().size(), 1u);
    EXPECT_TRUE(has(file.skipped()[0].reason, "cut off"));
  }
}

TEST_F(Files, NothingUsableIsAnErrorInAnyCase) {
  for (const char* text : {"", "[]", "[1, 2]", "[", "{\"id\": 1}", "\n\n", "nonsense"})
    for (const auto on_bad : {OnBad::stop, OnBad::skip})
      EXPECT_TRUE(
          has(error_of(ExitCode::data, [&] { InstructionFile(write(text), on_bad); }), "a.json"))
          << text;
  EXPECT_TRUE(
      has(error_of(ExitCode::data, [&] { InstructionFile(folder_ / "none.json", OnBad::skip); }),
          "none.json"));
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { InstructionFile(folder_ / ".", OnBad::skip); }),
                  "expected a file, got a folder"));
}

TEST_F(Files, AHugeOrDeepItemIsSkippedWithoutBeingRead) {
  const auto deep = std::string(100'000, '[') + std::string(100'000, ']');
  const InstructionFile file(write("[" + item_text(0, std::string(Scanner::kLongest, 'x')) + "," +
                                   deep + "," + item_text(2) + "]"),
                             OnBad::skip);
  ASSERT_EQ(file.entries().size(), 1u);
  ASSERT_EQ(file.skipped().size(), 2u);
  EXPECT_TRUE(has(file.skipped()[0].reason, "more than the 16777216"));
  EXPECT_TRUE(has(file.skipped()[1].reason, "nested more than 200"));
}

TEST_F(Files, AChangedFileIsNoticed) {
  const auto path = write("[" + item_text(0) + "]");
  const InstructionFile file(path, OnBad::stop);
  std::filesystem::resize_file(path, 20);
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { file.item(0); }), "a.json: item 0"));
}

TEST_F(Files, AFolderStandsForItsFiles) {
  std::filesystem::create_directories(folder_ / "train/b");
  for (const char* name : {"train/b/1.json", "train/0.jsonl", "train/c.txt"}) write("[]", name);
  const auto files = instruction_files(folder_ / "train");
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files[0].filename(), "0.jsonl");
  EXPECT_EQ(files[1].filename(), "1.json");
  EXPECT_EQ(instruction_files(folder_ / "train/c.txt").size(), 1u);
  std::filesystem::create_directories(folder_ / "empty");
  error_of(ExitCode::data, [&] { instruction_files(folder_ / "empty"); });
  error_of(ExitCode::data, [&] { instruction_files(folder_ / "nowhere"); });
}

}  // namespace
}  // namespace ecg_lora::instruct
