// What is noticed to have changed, and what is not read twice.
#include "ecg_lora/provenance/identity.h"

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/hash.h"
#include "ecg_lora/provenance/run_identity.h"

namespace ecg_lora::provenance {
namespace {

using ecg_lora::testing::error_of, ecg_lora::testing::has;

TEST(Identity, OfAFileThatHasNotChangedIsNotReadAgain) {
  const ecg_lora::testing::TemporaryFolder folder;
  write_file(folder / "a.json", "{}");
  FileHashes first;
  const auto sum = first.of(folder / "a.json");
  EXPECT_EQ(sum, sha256_file(folder / "a.json"));
  auto known = first.known();
  for (auto& [path, entry] : known.items()) entry["sha256"] = "of before";
  FileHashes again(known);
  EXPECT_EQ(again.of(folder / "a.json"), "of before");
  write_file(folder / "a.json", "{ }");
  EXPECT_EQ(FileHashes(known).of(folder / "a.json"), sha256_file(folder / "a.json"));
}

TEST(Identity, OfAModelIsWhatChangesAResult) {
  const ecg_lora::testing::TemporaryFolder folder;
  write_file(folder / "m" / "config.json", "{}");
  write_file(folder / "m" / "README.md", "a card");
  FileHashes hashes;
  const auto found = model_identity(folder / "m", hashes);
  EXPECT_TRUE(found.contains("config.json"));
  EXPECT_FALSE(found.contains("README.md"));
  EXPECT_TRUE(model_identity(folder / "none", hashes).empty());
}

TEST(Identity, OfPagesIsThatOfTheirContents) {
  const ecg_lora::testing::TemporaryFolder folder;
  write_file(folder / "p" / "1.png", "one");
  const std::vector<data::PageRef> pages{{false, folder / "p" / "1.png"},
                                         {false, folder / "p" / "2.png"}};
  const auto one = page_identity(pages, 1);
  EXPECT_EQ(one["files"], 2);
  EXPECT_EQ(one["by"], "contents");
  write_file(folder / "p" / "1.png", "two");
  EXPECT_NE(page_identity(pages, 1)["sha256"], one["sha256"]);
}

TEST(RunIdentity, RefusesWhatHasChangedUnlessAccepted) {
  const ecg_lora::testing::TemporaryFolder folder;
  const auto run = folder / "run";
  write_identity(run, {{{"model", "a"}, {"pages", "b"}}, Json::object()});
  check_unchanged(run, {{"model", "a"}, {"pages", "b"}}, false);
  const Json now{{"model", "a"}, {"pages", "c"}};
  EXPECT_TRUE(has(error_of(ExitCode::usage, [&] { check_unchanged(run, now, false); }),
                  "has changed: pages; expected the same files"));
  const auto said = ecg_lora::testing::stderr_of([&] { check_unchanged(run, now, true); });
  EXPECT_TRUE(has(said, "that of neither alone"));
}

TEST(RunIdentity, RefusesOtherVisionStates) {
  const ecg_lora::testing::TemporaryFolder folder;
  model::VisionConfig base;
  base.intermediate_layers = {0, 2};
  write_identity(folder / "run",
                 {{{model::kVisionStates, to_json(base.kept_states())}}, Json::object()});
  check_same_states(folder / "run", base);
  base.intermediate_layers = {0, 1};
  EXPECT_TRUE(has(error_of(ExitCode::checkpoint, [&] { check_same_states(folder / "run", base); }),
                  "was started with the vision states"));
}

}  // namespace
}  // namespace ecg_lora::provenance
