#include <filesystem>

#include "base/expect_error.h"
#include "ecg_lora/tensorio/safetensors.h"

namespace ecg_lora::tensorio {
namespace {

using testing::TemporaryFolder;

double sum_after_truncation(const std::filesystem::path& path) {
  const SafetensorsFile file(path);
  const auto weights = file.tensor("b");
  std::filesystem::resize_file(path, 8192);
  return weights.sum().item<double>();
}

TEST(MappedFiles, ThatShrinkWhileTheyAreReadEndInOneSentence) {
  const TemporaryFolder folder;
  write_safetensors(folder / "w.safetensors",
                    {{"a", at::ones({4096})}, {"b", at::ones({1 << 16})}});
  EXPECT_EXIT(sum_after_truncation(folder / "w.safetensors"),
              ::testing::ExitedWithCode(static_cast<int>(ExitCode::checkpoint)),
              "error: .*w.safetensors became shorter while it was read");
}

}  // namespace
}  // namespace ecg_lora::tensorio
