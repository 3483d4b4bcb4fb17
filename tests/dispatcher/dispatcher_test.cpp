// Runs the dispatcher in a folder with commands of the test's own making.
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"

namespace ecg_lora {
namespace {

namespace fs = std::filesystem;
using testing::has;

struct Result {
  int code = -1;
  std::string out, err;
};

class Dispatcher : public ::testing::Test {
 protected:
  Dispatcher() {
    fs::copy_file(ECG_LORA_DISPATCHER, folder_ / "ecg-lora");
    for (const char* name : {"ecg-lora-train", "ecg-lora-eval", "ecg-lora-own"}) {
      write_file(folder_ / name, "#!/bin/sh\nfor a in \"$@\"; do echo \"[$a]\"; done\nexit 5\n");
      fs::permissions(folder_ / name, fs::perms::owner_exec, fs::perm_options::add);
    }
    write_file(folder_ / "ecg-lora-notes.txt", "no command: it cannot be executed");
  }

  /// Runs `ecg-lora <arguments>` through the shell.
  Result run(const std::string& arguments) {
    const auto out = folder_ / "out", err = folder_ / "err";
    const auto command = cat(folder_ / "ecg-lora", " ", arguments, " >", out, " 2>", err);
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_file(out), read_file(err)};
  }

  testing::TemporaryFolder folder_;
};

TEST_F(Dispatcher, PassesArgumentsAndExitCodeOn) {
  const auto result = run("train --config 'a b' '' '*'");
  EXPECT_EQ(result.code, 5);
  EXPECT_EQ(result.out, "[--config]\n[a b]\n[]\n[*]\n");
}

TEST_F(Dispatcher, HelpOfACommandIsItsOwn) {
  EXPECT_EQ(run("help eval").out, "[--help]\n");
}

TEST_F(Dispatcher, HelpListsWhatStandsBesideIt) {
  const auto result = run("--help");
  EXPECT_EQ(result.code, 0);
  EXPECT_TRUE(has(result.out, "\n  train"));
  EXPECT_TRUE(has(result.out, "\n  own"));
  EXPECT_FALSE(has(result.out, "merge"));
  EXPECT_FALSE(has(result.out, "notes"));
}

TEST_F(Dispatcher, UnknownCommandIsAUsageErrorWithTheNearest) {
  const auto result = run("tarin");
  EXPECT_EQ(result.code, 2);
  EXPECT_TRUE(has(result.err, "'tarin': no such command; the nearest is 'train'"));
  EXPECT_EQ(run("../ecg-lora").code, 2);
}

TEST_F(Dispatcher, NoCommandIsAUsageError) {
  EXPECT_EQ(run("").code, 2);
  EXPECT_TRUE(has(run("").err, "expected a command"));
}

TEST_F(Dispatcher, Version) {
  EXPECT_TRUE(has(run("--version").out, "ecg-lora "));
}

}  // namespace
}  // namespace ecg_lora
