// Archives of torch.save() that are more than they seem. Made here byte by byte.
#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/tensorio/pth.h"

namespace ecg_lora::tensorio {
namespace {

using testing::error_of, testing::has, testing::TemporaryFolder;

std::string little(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text.push_back(static_cast<char>(value >> 8 * i));
  return text;
}

struct Entry {
  std::string name, bytes;
  int method = 0;             ///< 8: deflated
  std::uint64_t claimed = 0;  ///< bytes once inflated
};

/// A zip archive of these entries, as PKWARE's APPNOTE.TXT has it.
std::string archive(const std::vector<Entry>& entries) {
  std::string file, directory;
  for (const auto& e : entries) {
    const auto common = little(20, 2) + little(0, 2) +
                        little(static_cast<std::uint64_t>(e.method), 2) + little(0, 8) +
                        little(e.bytes.size(), 4) + little(e.claimed, 4) +
                        little(e.name.size(), 2) + little(0, 2);
    directory += "PK\1\2" + little(20, 2) + common + little(0, 2 + 2 + 2 + 4) +
                 little(file.size(), 4) + e.name;
    file += "PK\3\4" + common + e.name + e.bytes;
  }
  const auto count = little(entries.size(), 2);
  return file + directory + "PK\5\6" + little(0, 4) + count + count + little(directory.size(), 4) +
         little(file.size(), 4) + little(0, 2);
}

std::string error_of_file(const std::string& bytes) {
  const TemporaryFolder folder;
  write_file(folder / "a.pth", bytes);
  return error_of(ExitCode::checkpoint, [&] { PthFile file(folder / "a.pth"); });
}

/// libtorch inflates the first two when it opens an archive. Their bytes are never looked at.
TEST(BadArchive, RecordsThatInflateAreRefusedBeforeTheyAre) {
  for (const char* name :
       {"a/version", "a/byteorder", "a/data.pkl", "a/data/0", "a/.data/version"}) {
    const auto error = error_of_file(
        archive({{name, "\3\0", 8, 3'000'000'000}, {"a/data.pkl", "\x80\2}.", 0, 4}}));
    EXPECT_TRUE(has(error, cat("holds ", name, " compressed")));
  }
}

TEST(BadArchive, SizesBeyondTheFileAreRefused) {
  EXPECT_TRUE(has(error_of_file(archive({{"a/version", "3", 0, 3'000'000'000}})), "is damaged"));
  EXPECT_TRUE(has(error_of_file(archive({{"a/version", "3", 0, 0xffffffff}})), "is damaged"))
      << "no size in 64 bits";
}

TEST(BadArchive, DirectoriesThatAreNotWholeAreRefused) {
  const auto whole = archive({{"a/version", "3\n", 0, 2}, {"a/data.pkl", "\x80\2}.", 0, 4}});
  for (std::size_t size = 4; size < whole.size(); ++size)
    EXPECT_TRUE(has(error_of_file(whole.substr(0, size)), "a.pth")) << size;
}

}  // namespace
}  // namespace ecg_lora::tensorio
