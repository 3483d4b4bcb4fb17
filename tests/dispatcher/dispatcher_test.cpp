// Runs the dispatcher in a folder with commands of the test's own making, and where it was built.
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <sstream>

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/command_line/version_line.h"

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
    for (const char* name : {"ecg-lora-train", "ecg-lora-eval", "ecg-lora-merge",
                             "ecg-lora-extract", "ecg-lora-own"}) {
      write_file(folder_ / name, "#!/bin/sh\nfor a in \"$@\"; do echo \"[$a]\"; done\nexit 5\n");
      fs::permissions(folder_ / name, fs::perms::owner_exec, fs::perm_options::add);
    }
    write_file(folder_ / "ecg-lora-notes.txt", "no command: it cannot be executed");
  }

  /// Runs `ecg-lora <arguments>` through the shell.
  Result run(const std::string& arguments) { return run(folder_ / "ecg-lora", arguments); }

  Result run(const fs::path& executable, const std::string& arguments) {
    const auto out = folder_ / "out", err = folder_ / "err";
    const auto command = cat(executable, " ", arguments, " >", out, " 2>", err);
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
  EXPECT_TRUE(has(result.out, "\n  merge       Adds adapters to their base, tensor by tensor"));
  EXPECT_LT(result.out.find("\n  merge "), result.out.find("\n  extract "));
  EXPECT_LT(result.out.find("\n  extract "), result.out.find("\n  own\n"));
  EXPECT_FALSE(has(result.out, "parity"));
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
  EXPECT_EQ(run("--version").out, version_line() + "\n");
}

/// The sentences of a list of commands, by command; lines that begin with blanks go on.
std::map<std::string, std::string> sentences_of(const std::string& help) {
  std::map<std::string, std::string> sentences;
  std::istringstream lines(help.substr(help.find("\ncommands:\n") + 11));
  std::string line, command;
  while (std::getline(lines, line) && !line.empty()) {
    std::istringstream words(line);
    if (line[2] != ' ') words >> command;
    for (std::string word; words >> word;)
      sentences[command] += (sentences[command].empty() ? "" : " ") + word;
  }
  return sentences;
}

TEST_F(Dispatcher, ListsEveryCommandThatWasBuiltWithTheFirstLineOfItsHelp) {
  const fs::path dispatcher = ECG_LORA_DISPATCHER;
  const auto sentences = sentences_of(run(dispatcher, "--help").out);
  std::size_t commands = 0;
  for (const auto& entry : fs::directory_iterator(dispatcher.parent_path())) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with("ecg-lora-")) continue;
    const auto help = run(entry.path(), "--help");
    const auto found = sentences.find(name.substr(9));
    EXPECT_EQ(help.code, 0) << name;
    ASSERT_NE(found, sentences.end()) << name;
    EXPECT_EQ(found->second, help.out.substr(0, help.out.find('\n'))) << name;
    EXPECT_EQ(run(entry.path(), "--version").out, version_line() + "\n") << name;
    ++commands;
  }
  EXPECT_EQ(commands, sentences.size());
  EXPECT_GE(commands, 3u);  // as many has a core-only build
}

}  // namespace
}  // namespace ecg_lora
