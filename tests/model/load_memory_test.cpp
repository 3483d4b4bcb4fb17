// Loading takes the memory of the model and of about one tensor, mapped pages included.
#include <malloc.h>

#include <fstream>
#include <numeric>

#include "base/expect_error.h"
#include "ecg_lora/model/mllama/mllama.h"
#include "ecg_lora/model/shape/table.h"
#include "ecg_lora/tensorio/stream_writer.h"

namespace ecg_lora::model {
namespace {

using ecg_lora::testing::TemporaryFolder;

/// About 200 million parameters.
Json config_json() {
  return parse_json(
      R"({"model_type": "mllama", "image_token_index": 16000, "tie_word_embeddings": false,
    "text_config": {"vocab_size": 16000, "hidden_size": 1024, "intermediate_size": 4096,
      "num_hidden_layers": 8, "num_attention_heads": 8, "num_key_value_heads": 4,
      "cross_attention_layers": [1, 4], "tie_word_embeddings": false},
    "vision_config": {"hidden_size": 512, "attention_heads": 8, "intermediate_size": 2048,
      "num_hidden_layers": 8, "num_global_layers": 2, "image_size": 448, "patch_size": 14,
      "intermediate_layers_indices": [3], "max_num_tiles": 2,
      "supported_aspect_ratios": [[1, 1], [1, 2], [2, 1]]}})",
      "test");
}

std::int64_t elements(const TensorSpec& spec) {
  return std::accumulate(spec.shape.begin(), spec.shape.end(), std::int64_t{1},
                         std::multiplies<>());
}

/// Bytes in /proc/self/status.
std::int64_t status(const std::string& key) {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);)
    if (line.rfind(key + ":", 0) == 0) return 1024 * std::stoll(line.substr(key.size() + 1));
  return 0;
}

/// Whether the peak of resident memory could be set back to what is resident now.
bool reset_peak() {
  ::malloc_trim(0);  // what earlier work freed would be used again without being counted
  std::ofstream out("/proc/self/clear_refs");
  out << "5" << std::flush;
  return out.good() && status("VmHWM") - status("VmRSS") < 16 << 20;
}

class LoadMemory : public ::testing::Test {
 protected:
  void SetUp() override {
    write_json(folder_ / "config.json", config_json());
    std::vector<tensorio::TensorInfo> infos;
    for (const auto& spec : tensor_table(load_model_config(folder_ / ""))) {
      infos.push_back({spec.name, at::kBFloat16, spec.shape, 0, 0});
      parameters_ += elements(spec);
      largest_ = std::max(largest_, elements(spec));
    }
    tensorio::StreamWriter writer(folder_ / "model.safetensors", infos);
    for (const auto& info : infos) writer.write(at::full(info.shape, 0.01, at::kBFloat16));
    writer.finish();
  }

  void check(at::ScalarType dtype) {
    if (!reset_peak())
      GTEST_SKIP()
          << "the system does not let a process reset its peak memory (/proc/self/clear_refs)";
    const auto before = status("VmRSS");
    const auto model = load_model(folder_ / "", at::kCPU, dtype);
    const auto peak = status("VmHWM") - before;
    const auto bytes = parameters_ * static_cast<std::int64_t>(c10::elementSize(dtype)),
               tensor = 2 * largest_;
    RecordProperty("peak_over_model_MB", std::to_string((peak - bytes) >> 20));
    EXPECT_GE(peak, bytes) << "the peak was not measured";
    EXPECT_LE(peak, bytes + tensor + (24 << 20))
        << "model " << (bytes >> 20) << " MB, largest tensor in the file " << (tensor >> 20)
        << " MB";
  }

  TemporaryFolder folder_;
  std::int64_t parameters_ = 0, largest_ = 0;
};

TEST_F(LoadMemory, IsTheModelAndOneTensorInTheFilesDtype) {
  ASSERT_GT(parameters_, 180'000'000);
  check(at::kBFloat16);
}
TEST_F(LoadMemory, IsTheModelAndOneTensorWhereTheDtypeIsWidened) {
  check(at::kFloat);
}

}  // namespace
}  // namespace ecg_lora::model
