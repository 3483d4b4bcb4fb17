// A base whose codes are read from the cache is the base that is quantised again, to the bit; and
// nothing about a cache that is stale, damaged or cannot be written ends a load or changes it.
#include <sys/resource.h>

#include <csignal>
#include <fstream>

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/model/mllama/mllama.h"

namespace ecg_lora::model {
namespace {

namespace fs = std::filesystem;
using ecg_lora::testing::has, ecg_lora::testing::TemporaryFolder;
using nn::Quantisation;

class CodesCache : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::copy("tests/parity/golden/one_image/model", base_, fs::copy_options::recursive);
    plain_ = load({});
  }

  std::vector<at::Tensor> load(const fs::path& cache, std::vector<std::string> keep_dense = {},
                               at::ScalarType dtype = at::kFloat) {
    ::testing::internal::CaptureStderr();
    const BaseQuantisation quantisation{kind_, std::move(keep_dense), nullptr, cache};
    const auto model = load_model(base_, at::kCPU, dtype, quantisation);
    told_ = ::testing::internal::GetCapturedStderr();
    auto result = model->buffers();
    for (const auto& parameter : model->parameters()) result.push_back(parameter);
    return result;
  }

  /// Loads with the cache, and holds the result against that without.
  void expect_plain(const std::string& mention) {
    const auto found = load(cache_);
    EXPECT_TRUE(has(told_, mention));
    ASSERT_EQ(found.size(), plain_.size());
    for (std::size_t i = 0; i < found.size(); ++i)
      EXPECT_TRUE(at::equal(found[i].nan_to_num(), plain_[i].nan_to_num())) << i;
  }

  std::vector<fs::path> files() const {
    std::vector<fs::path> result;
    for (const auto& entry : fs::directory_iterator(cache_)) result.push_back(entry.path());
    return result;
  }

  fs::path only_file() const {
    const auto found = files();
    EXPECT_EQ(found.size(), 1u);
    return found.empty() ? fs::path() : found.front();
  }

  /// Of the bytes behind the header of a safetensors file.
  static std::uint64_t data_begin(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::uint64_t length = 0;
    file.read(reinterpret_cast<char*>(&length), sizeof length);
    return sizeof length + length;
  }

  /// Another byte at `at` of a file, which keeps its size and time.
  static void damage(const fs::path& path, std::uintmax_t at) {
    const auto time = fs::last_write_time(path);
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const auto byte = static_cast<char>(file.get() ^ 1);
    file.seekp(static_cast<std::streamoff>(at));
    file.put(byte);
    file.close();
    fs::last_write_time(path, time);
  }

  Quantisation kind_ = Quantisation::nf4;
  const TemporaryFolder folder_;
  const fs::path base_ = folder_ / "base", cache_ = folder_ / "cache";
  std::vector<at::Tensor> plain_;
  std::string told_;
};

TEST_F(CodesCache, GivesTheSameBits) {
  expect_plain("are kept in");
  expect_plain("are read from");
  load(cache_, {}, at::kBFloat16);
  EXPECT_TRUE(has(told_, "are read from")) << "codes do not depend on the compute dtype";
  only_file();
}

TEST_F(CodesCache, GivesTheSameBitsInInt8) {
  load(cache_);
  kind_ = Quantisation::int8;
  plain_ = load({});
  expect_plain("are kept in");
  expect_plain("are read from");
  EXPECT_EQ(files().size(), 2u);
}

TEST_F(CodesCache, KnowsWhatDecidesTheCodes) {
  load(cache_);
  load(cache_, {"vision_model.*"});
  EXPECT_EQ(files().size(), 2u) << "other linears are quantised";
  const auto weights = base_ / "model.safetensors";
  fs::last_write_time(weights, fs::last_write_time(weights) + std::chrono::seconds(1));
  load(cache_);
  EXPECT_EQ(files().size(), 3u) << "the base was written again";
  damage(weights, fs::file_size(weights) - 2);
  load(cache_);
  EXPECT_EQ(files().size(), 4u) << "the base was edited in place, where samples are taken";
}

TEST_F(CodesCache, QuantisesAgainWhatIsDamaged) {
  load(cache_);
  const auto file = only_file();
  damage(file, data_begin(file) + 100);
  expect_plain("with other bytes than were written");
  EXPECT_FALSE(fs::exists(file));
  expect_plain("are kept in");
  expect_plain("are read from");
}

TEST_F(CodesCache, WritesAgainWhatIsCutShort) {
  load(cache_);
  const auto file = only_file();
  fs::resize_file(file, fs::file_size(file) / 2);
  expect_plain("will be written again");
  expect_plain("are read from");
  damage(file, 12);  // in the header
  expect_plain("will be written again");
  expect_plain("are read from");
}

TEST_F(CodesCache, IsLeftAloneWhileAnotherWritesIt) {
  load(cache_);
  const auto file = only_file();
  fs::remove(file);
  {
    const OutputLock other(file);
    expect_plain("are not kept");
  }
  EXPECT_TRUE(files().empty());
}

TEST_F(CodesCache, CannotBeWrittenOnAFullDisk) {
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit little{20000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &little);
  expect_plain("are not kept");
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_TRUE(!fs::exists(cache_) || files().empty());
}

TEST_F(CodesCache, CannotBeWrittenWhereThereIsAFile) {
  std::ofstream(cache_) << "not a folder";
  expect_plain("are not kept");
}

}  // namespace
}  // namespace ecg_lora::model
