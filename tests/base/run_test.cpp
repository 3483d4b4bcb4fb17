#include "ecg_lora/base/run.h"

#include <cstdlib>

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/base/suggest.h"

namespace ecg_lora {
namespace {

using testing::has;
using testing::matches;
using testing::stderr_of;

int guarded_code(const std::function<int()>& command) {
  int code = -1;
  stderr_of([&] { code = guarded(command); });
  return code;
}

TEST(Guarded, MapsErrorsToExitCodes) {
  EXPECT_EQ(guarded_code([] { return 0; }), 0);
  EXPECT_EQ(guarded_code([]() -> int { throw_usage("x"); }), 2);
  EXPECT_EQ(guarded_code([]() -> int { throw_data("x"); }), 3);
  EXPECT_EQ(guarded_code([]() -> int { throw_checkpoint("x"); }), 4);
  EXPECT_EQ(guarded_code([]() -> int { throw_numerics("x"); }), 5);
  EXPECT_EQ(guarded_code([]() -> int { throw Error(ExitCode::interrupted, "x"); }), 75);
  EXPECT_EQ(guarded_code([]() -> int { throw std::bad_alloc(); }), 1);
  EXPECT_EQ(guarded_code([]() -> int { throw 7; }), 1);
}

TEST(Guarded, MemoryThatRanOutIsNoFaultOfTheProgram) {
  for (const char* text :
       {"DefaultCPUAllocator: can't allocate memory: you tried", "CUDA out of memory. Tried"}) {
    const auto told = stderr_of([&] { guarded([&]() -> int { throw std::runtime_error(text); }); });
    EXPECT_TRUE(has(told, "error: out of memory;")) << text;
    EXPECT_FALSE(has(told, "internal error")) << text;
  }
}

TEST(Guarded, AsksForReproducibleProductsUnlessTheUserHasChosen) {
  const char* before = std::getenv("MKL_CBWR");
  const std::string users = before ? before : "";
  const auto in_command = [] {
    std::string seen;
    guarded([&] { return seen = std::getenv("MKL_CBWR"), 0; });
    return seen;
  };
  ::unsetenv("MKL_CBWR");
  EXPECT_EQ(in_command(), "AUTO");
  ::setenv("MKL_CBWR", "COMPATIBLE", 1);
  EXPECT_EQ(in_command(), "COMPATIBLE");
  before ? ::setenv("MKL_CBWR", users.c_str(), 1) : ::unsetenv("MKL_CBWR");
}

TEST(Guarded, PrintsOneLine) {
  const auto text = stderr_of(
      [] { guarded([]() -> int { throw std::runtime_error("first\nframe 1\nframe 2"); }); });
  EXPECT_TRUE(has(text, "error: internal error: first;"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
}

TEST(Log, LinesGoToStderrAndToTheFile) {
  const testing::TemporaryFolder folder;
  log_to_file(folder / "log.txt");
  const auto text = stderr_of([] {
    log_info("hello {} %s");
    log_warn("careful");
  });
  EXPECT_TRUE(matches(text, "\\[[0-9:]+\\] info: hello \\{\\} %s\n.*warning: careful\n"));
  EXPECT_TRUE(
      matches(read_file(folder / "log.txt"), "\\[[0-9-]+ [0-9:]+\\] info: hello \\{\\} %s\n"));
  testing::error_of(ExitCode::data, [&] { log_to_file(folder / "log.txt/below-a-file"); });
}

TEST(Progress, EndsWithOnePlainLineWhereThereIsNoTerminal) {
  const auto text = stderr_of([] {
    Progress progress("train", 3, "steps");
    for (int i = 0; i < 3; ++i) progress.advance(1, "loss 0.5");
  });
  EXPECT_TRUE(matches(text, "info: train: 3/3 steps, .* steps/s, took 0 s, loss 0.5\n"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
}

TEST(Progress, FormatsDurations) {
  EXPECT_EQ(format_duration(12.4), "12 s");
  EXPECT_EQ(format_duration(200), "3 min 20 s");
  EXPECT_EQ(format_duration(3720), "1 h 02 min");
  EXPECT_EQ(format_duration(-1), "unknown");
}

TEST(Suggest, FindsTheNearestWord) {
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(nearest("evla", {"train", "eval", "merge"}), "eval");
  EXPECT_EQ(nearest("x", {}), "");
}

}  // namespace
}  // namespace ecg_lora
