#include "ecg_lora/base/file.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/expect_error.h"
#include "ecg_lora/base/copy.h"
#include "ecg_lora/base/hash.h"
#include "ecg_lora/base/write_together.h"

namespace ecg_lora {
namespace {

namespace fs = std::filesystem;
using testing::error_of;
using testing::has;
using testing::TemporaryFolder;

/// Makes writes beyond `bytes` fail, as a full disk does.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    handler_ = signal(SIGXFSZ, SIG_IGN);
    const rlimit limit = {bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_ = {};
  sighandler_t handler_;
};

TEST(File, ReadsBytesAsTheyAre) {
  const TemporaryFolder folder;
  const std::string bytes("a\0\r\n\xff", 5);
  write_file(folder / "f", bytes);
  EXPECT_EQ(read_file(folder / "f"), bytes);
}

TEST(File, RefusesMissingFilesAndFolders) {
  const TemporaryFolder folder;
  EXPECT_TRUE(
      has(error_of(ExitCode::data, [&] { read_file(folder / "none"); }), "none: no such file"));
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { read_file(folder / ""); }),
                  "expected a file, got a folder"));
}

TEST(File, RefusesWhatMayNeverEnd) {
  const TemporaryFolder folder;
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_TRUE(
      has(error_of(ExitCode::data, [&] { read_file(folder / "pipe"); }), "got a named pipe"));
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { open_file("/dev/zero"); }), "got a device"));
  EXPECT_TRUE(
      has(error_of(ExitCode::checkpoint, [&] { open_file(folder / "pipe", ExitCode::checkpoint); }),
          "got a named pipe"));
  EXPECT_TRUE(
      has(error_of(ExitCode::data, [&] { sha256_file(folder / "pipe"); }), "got a named pipe"));
}

TEST(File, BoundsWhatIsReadWhole) {
  const TemporaryFolder folder;
  write_file(folder / "f", "12345");
  EXPECT_EQ(read_file(folder / "f", 5), "12345");
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { read_file(folder / "f", 4); }), "got more"));
  fs::resize_file(folder / "f", std::uintmax_t{1} << 41);  // sparse
  EXPECT_TRUE(
      has(error_of(ExitCode::data, [&] { read_file(folder / "f"); }), "expected at most 1024 MiB"));
}

TEST(AtomicFile, AppearsOnCommitOnly) {
  const TemporaryFolder folder;
  const auto path = folder / "deep/er/f.txt";
  {
    AtomicFile file(path);
    file.write("new");
    EXPECT_FALSE(fs::exists(path));
    file.commit();
  }
  EXPECT_EQ(read_file(path), "new");
  EXPECT_EQ(std::distance(fs::directory_iterator(path.parent_path()), {}), 1);
}

TEST(AtomicFile, LeavesTheOldFileWhenAnErrorEndsTheWriting) {
  const TemporaryFolder folder;
  write_file(folder / "f", "old");
  EXPECT_THROW(
      {
        AtomicFile file(folder / "f");
        file.write("new");
        throw_data("stop");
      },
      Error);
  EXPECT_EQ(read_file(folder / "f"), "old");
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(AtomicFile, FullDiskLeavesNothing) {
  const TemporaryFolder folder;
  const std::string text(1 << 20, 'x');
  {
    const FileSizeLimit limit(1 << 16);
    EXPECT_TRUE(has(error_of(ExitCode::data, [&] { write_file(folder / "f", text); }),
                    "f: cannot be written: "));
  }
  EXPECT_EQ(folder.entries(), 0u);
}

TEST(CopyWhole, CopiesAllBytesOrLeavesNothing) {
  const TemporaryFolder folder;
  const std::string text(3 << 20, 'x');
  write_file(folder / "from", text);
  write_file(folder / "to", "old");
  copy_whole(folder / "from", folder / "to");
  EXPECT_EQ(read_file(folder / "to"), text);
  {
    const FileSizeLimit limit(2 << 20);
    const auto refused =
        error_of(ExitCode::data, [&] { copy_whole(folder / "from", folder / "part"); });
    EXPECT_TRUE(has(refused, "part: cannot be written"));
  }
  EXPECT_EQ(folder.entries(), 2u);
}

TEST(AtomicFile, FullDiskShowsAtTheLatestOnCommit) {
  const TemporaryFolder folder;
  {
    AtomicFile file(folder / "f");
    const FileSizeLimit limit(0);
    file.write("fits the buffer, not the disk");
    EXPECT_TRUE(has(error_of(ExitCode::data, [&] { file.commit(); }), "cannot be written"));
  }
  EXPECT_EQ(folder.entries(), 0u);
}

TEST(AtomicFile, ReplacesWhatAKilledRunLeft) {
  const TemporaryFolder folder;
  std::ofstream(folder / ".f.lock") << "process 1 on another";
  std::ofstream(folder / ".f.7-1-0.partial") << "left behind by a killed run";
  write_file(folder / "f", "x");
  EXPECT_EQ(read_file(folder / "f"), "x");
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(AtomicFile, RefusesFoldersAndPathsThroughFiles) {
  const TemporaryFolder folder;
  write_file(folder / "f", "x");
  fs::create_directory(folder / "d");
  EXPECT_TRUE(
      has(error_of(ExitCode::usage, [&] { AtomicFile file(folder / "d"); }), "got a folder"));
  EXPECT_TRUE(
      has(error_of(ExitCode::data, [&] { AtomicFile file(folder / "f/g"); }), "cannot be written"));
}

TEST(AtomicFile, LeavesTheTemporariesOfWritersThatLive) {
  const TemporaryFolder folder;
  std::ofstream(folder / ".f.7-1-0.partial") << "of a machine whose locks are not seen here";
  write_file(folder / "f", "x");
  EXPECT_TRUE(fs::exists(folder / ".f.7-1-0.partial"));
}

TEST(OutputLock, TheSecondWriterIsToldOfTheFirst) {
  const TemporaryFolder folder;
  {
    AtomicFile first(folder / "f");
    const auto refused = error_of(ExitCode::usage, [&] { AtomicFile second(folder / "f"); });
    EXPECT_TRUE(has(refused, cat("f is being written by process ", getpid(), " on ")));
    first.write("whole");
    first.commit();
  }
  EXPECT_EQ(read_file(folder / "f"), "whole");
  EXPECT_NO_THROW(AtomicFile(folder / "f"));
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(OutputLock, HoldsWhateverLinkLeadsToTheOutput) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "run");
  fs::create_directory_symlink(folder / "run", folder / "link");
  const OutputLock lock(folder / "run/");
  EXPECT_TRUE(
      has(error_of(ExitCode::usage, [&] { OutputLock(folder / "link"); }), "is being written by"));
}

TEST(OutputLock, EndsWithItsProcess) {
  const TemporaryFolder folder;
  const pid_t child = fork();
  if (child == 0) {
    const OutputLock lock(folder / "f");
    raise(SIGKILL);
  }
  waitpid(child, nullptr, 0);
  EXPECT_TRUE(fs::exists(folder / ".f.lock"));
  const OutputLock lock(folder / "f");
  EXPECT_TRUE(lock.found_abandoned());
}

TEST(AtomicFolder, AppearsOnCommitOnly) {
  const TemporaryFolder folder;
  {
    AtomicFolder out(folder / "out/");
    write_file(out.staging() / "sub/f", "x");
    EXPECT_FALSE(fs::exists(folder / "out"));
    out.commit();
  }
  EXPECT_EQ(read_file(folder / "out/sub/f"), "x");
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(AtomicFolder, LeavesNothingWhenAnErrorEndsTheWriting) {
  const TemporaryFolder folder;
  EXPECT_THROW(
      {
        AtomicFolder out(folder / "out");
        write_file(out.staging() / "f", "x");
        throw_data("stop");
      },
      Error);
  EXPECT_EQ(folder.entries(), 0u);
}

TEST(AtomicFolder, RefusesANameThatExists) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "out");
  EXPECT_TRUE(has(error_of(ExitCode::usage, [&] { AtomicFolder out(folder / "out"); }),
                  "it exists already"));
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(AtomicFolder, RefusesANameThatAppearedMeanwhile) {
  const TemporaryFolder folder;
  {
    AtomicFolder out(folder / "out");
    fs::create_directory(folder / "out");
    EXPECT_TRUE(has(error_of(ExitCode::usage, [&] { out.commit(); }), "appeared while"));
  }
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(AtomicFolder, ReplacesWhatAKilledRunLeft) {
  const TemporaryFolder folder;
  write_file(folder / ".out.7-1-0.partial/stale", "x");
  std::ofstream(folder / ".out.lock") << "process 1 on another";
  AtomicFolder out(folder / "out");
  EXPECT_TRUE(fs::is_empty(out.staging()));
  EXPECT_FALSE(fs::exists(folder / ".out.7-1-0.partial"));
}

TEST(WriteTogether, WritesAllOrNone) {
  const TemporaryFolder folder;
  const std::vector<std::pair<fs::path, std::string>> files = {
      {folder / "a/b/one", "1"}, {folder / "a/two", std::string(10000, '2')}};
  {
    const FileSizeLimit limit(4096);
    EXPECT_TRUE(
        has(error_of(ExitCode::data, [&] { write_together(files); }), "two: cannot be written"));
  }
  EXPECT_EQ(folder.entries(), 0u) << "neither the first file nor the folders";
  write_together(files);
  EXPECT_EQ(read_file(folder / "a/b/one") + read_file(folder / "a/two").substr(0, 1), "12");
}

}  // namespace
}  // namespace ecg_lora
