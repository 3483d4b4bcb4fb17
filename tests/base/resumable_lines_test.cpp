// What a killed run leaves, and who may go on with it.
#include "ecg_lora/base/resumable_lines.h"

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"

namespace ecg_lora {
namespace {

using ecg_lora::testing::error_of, ecg_lora::testing::has;
using Lines = std::vector<std::string>;

const Json kWork{{"seed", 1}, {"model", {{"config.json", "ab"}}}};

/// Leaves what `lines` says of kWork, as a killed run does.
void leave(const std::filesystem::path& file, const std::string& lines) {
  ResumableLines left(file, kWork);
  left.keep(0);
  left.append(lines);
}

TEST(ResumableLines, GrowNextToTheWholeFile) {
  EXPECT_EQ(unfinished_of("a/b.jsonl"), "a/b.jsonl.unfinished");
}

TEST(ResumableLines, AreFoundAgain) {
  const ecg_lora::testing::TemporaryFolder folder;
  EXPECT_EQ(ResumableLines(folder / "a", kWork).found(), Lines{});
  leave(folder / "a", "one\ntwo\n");
  const ResumableLines again(folder / "a", kWork);
  EXPECT_EQ(again.found(), (Lines{"one", "two"}));
  EXPECT_EQ(again.text(), "one\ntwo\n");
}

TEST(ResumableLines, DropALastLineThatWasCut) {
  const ecg_lora::testing::TemporaryFolder folder;
  leave(folder / "a", "one\ntw");
  EXPECT_EQ(ResumableLines(folder / "a", kWork).found(), Lines{"one"});
}

TEST(ResumableLines, GrowBehindThoseThatWereKept) {
  const ecg_lora::testing::TemporaryFolder folder;
  leave(folder / "a", "one\ntwo\nthree\n");
  ResumableLines again(folder / "a", kWork);
  again.keep(1);
  EXPECT_EQ(again.found(), Lines{"one"});
  again.append("2\n");
  again.append("3\n");
  EXPECT_EQ(again.text(), "one\n2\n3\n");
  EXPECT_EQ(ResumableLines(folder / "a", kWork).found(), (Lines{"one", "2", "3"}));
}

TEST(ResumableLines, OfOtherWorkAreRefusedWithTheKeysThatDiffer) {
  const ecg_lora::testing::TemporaryFolder folder;
  leave(folder / "a", "one\n");
  Json other = kWork;
  other["model"]["config.json"] = "cd", other["seed"] = 2;
  const auto message = error_of(ExitCode::usage, [&] { ResumableLines(folder / "a", other); });
  EXPECT_TRUE(has(message, "is of other work, which differs in seed, model.config.json"))
      << message;
  EXPECT_EQ(ResumableLines(folder / "a", other, true).found(), Lines{"one"});
}

TEST(ResumableLines, BehindAFirstLineOfAnotherKindAreRefused) {
  const ecg_lora::testing::TemporaryFolder folder;
  for (const char* first : {"{\"p_yes\": 1}\n", "no JSON\n", "[1]\n"}) {
    write_file(folder / "a", first);
    const auto message = error_of(ExitCode::data, [&] { ResumableLines(folder / "a", kWork); });
    EXPECT_TRUE(has(message, "does not begin with a line that says which work it is of"))
        << message;
  }
}

}  // namespace
}  // namespace ecg_lora
