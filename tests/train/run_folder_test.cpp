// When a run may use a folder, and what it says of a config that has changed.
#include "ecg_lora/train/loop/run_folder.h"

#include "base/expect_error.h"

namespace ecg_lora::train {
namespace {

using ecg_lora::testing::error_of, ecg_lora::testing::has;

const Json kConfig{{"seed", 1}, {"loop", {{"steps", 5}, {"checkpoint_every", 2}}}};

TEST(RunFolder, IsNewOrResumed) {
  const ecg_lora::testing::TemporaryFolder folder;
  EXPECT_TRUE(has(error_of(ExitCode::usage, [&] { open_run(folder / "run", kConfig, true); }),
                  "nothing to resume"));
  open_run(folder / "run", kConfig, false);
  EXPECT_EQ(read_json(folder / "run" / "config.json"), kConfig);
  EXPECT_TRUE(has(error_of(ExitCode::usage, [&] { open_run(folder / "run", kConfig, false); }),
                  "exists already"));
}

TEST(RunFolder, WarnsOfWhatChangesTheResult) {
  const ecg_lora::testing::TemporaryFolder folder;
  open_run(folder / "run", kConfig, false);
  auto changed = kConfig;
  changed["seed"] = 2, changed["loop"]["checkpoint_every"] = 1;
  const auto said = ecg_lora::testing::stderr_of([&] { open_run(folder / "run", changed, true); });
  EXPECT_TRUE(has(said, "resuming with seed 2, where the run was started with 1"));
  EXPECT_FALSE(has(said, "checkpoint_every"));
  EXPECT_EQ(read_json(folder / "run" / "config.json"), changed);
}

}  // namespace
}  // namespace ecg_lora::train
