// Inputs that do not fit the model.
#include <cmath>
#include <functional>

#include "base/expect_error.h"
#include "ecg_lora/inference/reference/reference_pass.h"
#include "ecg_lora/model/mllama/mllama.h"
#include "ecg_lora/tensorio/safetensors.h"

namespace ecg_lora {
namespace {

using testing::error_of, testing::has, testing::TemporaryFolder;

const std::filesystem::path kOneImage = "tests/parity/golden/one_image";

/// The golden inputs with the tensor `name` changed.
std::string error_with(const std::string& name,
                       const std::function<at::Tensor(at::Tensor)>& change) {
  const TemporaryFolder folder;
  const tensorio::SafetensorsFile whole(kOneImage / "in.safetensors");
  tensorio::NamedTensors tensors;
  for (const auto& info : whole.tensors()) {
    const auto tensor = whole.tensor(info.name).clone();
    tensors.emplace_back(info.name, info.name == name ? change(tensor) : tensor);
  }
  tensorio::write_safetensors(folder / "in.safetensors", tensors);
  return error_of(ExitCode::data, [&] {
    inference::read_batch((folder / "in.safetensors").string(),
                          model::load_model_config(kOneImage / "model"));
  });
}

std::function<at::Tensor(at::Tensor)> with(double value) {
  return [value](at::Tensor t) {
    t.flatten()[-1] = value;
    return t;
  };
}

TEST(BadInputs, NumbersWithoutARowInATableAreRefused) {
  EXPECT_TRUE(
      has(error_with("input_ids", with(1e9)), "input_ids: expected whole numbers from 0 to"));
  EXPECT_TRUE(has(error_with("input_ids", with(-1)), "input_ids"));
  EXPECT_TRUE(has(error_with("labels", with(1e6)), "labels"));
  EXPECT_TRUE(has(error_with("labels", with(-7)), "labels"));
  EXPECT_TRUE(has(error_with("aspect_ratio_ids", with(99)), "aspect_ratio_ids"));
  EXPECT_TRUE(has(error_with("attention_mask", with(2)), "attention_mask"));
}

TEST(BadInputs, OtherShapesAndTypesAreRefused) {
  EXPECT_TRUE(has(error_with("pixel_values", [](at::Tensor t) { return t.flatten(0, 1); }),
                  "expected 6 dimensions"));
  EXPECT_TRUE(has(error_with("pixel_values", [](at::Tensor t) { return t.slice(5, 1); }),
                  "pixel_values: expected ["));
  EXPECT_TRUE(has(error_with("pixel_values", with(INFINITY)), "that are finite"));
  EXPECT_TRUE(has(error_with("attention_mask", [](at::Tensor t) { return t.slice(1, 1); }),
                  "attention_mask: expected ["));
  EXPECT_TRUE(has(error_with("input_ids", [](at::Tensor t) { return t.to(at::kFloat); }),
                  "input_ids: expected whole"));
}

}  // namespace
}  // namespace ecg_lora
