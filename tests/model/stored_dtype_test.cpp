// What `dtype auto` makes of a checkpoint.
#include "ecg_lora/model/checkpoint/stored_dtype.h"

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/tensorio/stream_writer.h"

namespace ecg_lora::model {
namespace {

using ecg_lora::testing::TemporaryFolder;

struct Stored {
  at::ScalarType dtype;
  std::int64_t values;
};

/// A file with a tensor of each.
void write_weights(const std::filesystem::path& folder, const std::vector<Stored>& tensors) {
  std::vector<tensorio::TensorInfo> infos;
  for (const auto& [dtype, values] : tensors)
    infos.push_back({"t" + std::to_string(infos.size()), dtype, {values}, 0, 0});
  tensorio::StreamWriter writer(folder / "model.safetensors", infos);
  for (const auto& info : infos) writer.write(at::zeros(info.shape, info.dtype));
  writer.finish();
}

/// Of a folder with these weights, if any, and `config` next to them.
at::ScalarType dtype_of_folder(const std::vector<Stored>& tensors, const std::string& config) {
  const TemporaryFolder folder;
  write_file(folder / "config.json", config);
  if (!tensors.empty()) write_weights(folder / "", tensors);
  return stored_dtype(folder / "");
}

TEST(StoredDtype, IsThatOfTheWeights) {
  EXPECT_EQ(dtype_of_folder({{at::kBFloat16, 8}}, "{}"), at::kBFloat16);
  EXPECT_EQ(dtype_of_folder({{at::kHalf, 8}}, "{}"), at::kHalf);
  EXPECT_EQ(dtype_of_folder({{at::kFloat, 8}}, R"({"torch_dtype": "bfloat16"})"), at::kFloat);
}

TEST(StoredDtype, OfMixedWeightsHoldsMostValues) {
  EXPECT_EQ(dtype_of_folder({{at::kFloat, 8}, {at::kBFloat16, 9}}, "{}"), at::kBFloat16);
  EXPECT_EQ(dtype_of_folder({{at::kFloat, 4}, {at::kBFloat16, 9}, {at::kFloat, 6}}, "{}"),
            at::kFloat);
  EXPECT_EQ(dtype_of_folder({{at::kBFloat16, 8}, {at::kFloat, 8}}, "{}"), at::kFloat);  // the wider
}

TEST(StoredDtype, OfDoublesIsFp32AndIntegersDoNotCount) {
  EXPECT_EQ(dtype_of_folder({{at::kDouble, 8}}, "{}"), at::kFloat);
  EXPECT_EQ(dtype_of_folder({{at::kLong, 100}, {at::kBFloat16, 8}}, "{}"), at::kBFloat16);
}

TEST(StoredDtype, WithoutWeightsIsWhatTheConfigNames) {
  EXPECT_EQ(dtype_of_folder({}, R"({"torch_dtype": "bfloat16"})"), at::kBFloat16);
  EXPECT_EQ(dtype_of_folder({}, R"({"dtype": "float16"})"), at::kHalf);
  EXPECT_EQ(dtype_of_folder({}, R"({"torch_dtype": null})"), at::kFloat);
  EXPECT_EQ(dtype_of_folder({}, "{}"), at::kFloat);
}

TEST(ChosenDtype, OfAutoIsAsStoredUnlessTrainingNeedsFp32) {
  for (const auto stored : {at::kFloat, at::kBFloat16, at::kHalf}) {
    const TemporaryFolder folder;
    write_weights(folder / "", {{stored, 8}});
    const auto chosen = [&](Trainable trainable) {
      return chosen_dtype("auto", folder / "", trainable);
    };
    EXPECT_EQ(chosen(Trainable::none), stored);
    EXPECT_EQ(chosen(Trainable::adapter), stored == at::kHalf ? at::kFloat : stored);
    EXPECT_EQ(chosen(Trainable::full), at::kFloat);
    EXPECT_EQ(chosen_dtype("fp16", folder / "", Trainable::full), at::kHalf);
  }
}

}  // namespace
}  // namespace ecg_lora::model
