#include "ecg_lora/export/model_card.h"

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"

namespace ecg_lora::exports {
namespace {

namespace fs = std::filesystem;
using ecg_lora::testing::has, ecg_lora::testing::TemporaryFolder, ecg_lora::testing::error_of;
using model::KeptStates, model::VisionStates;

const fs::path kGoldenAdapter = "tests/parity/golden/one_image/adapter";
const KeptStates kLeaving{VisionStates::leaving, {0, 1}};

/// A base that can be opened, for its stop tokens, with the vision states of a larger one.
CardBase base_keeping(const KeptStates& kept) {
  CardBase base{"tests/parity/golden/one_image/model/", {}};
  base.vision.local_layers = 8;
  base.vision.states = kept.states;
  base.vision.intermediate_layers = kept.layers;
  return base;
}

/// A run folder with an adapter and the config that it was trained with.
fs::path adapter_of_run(const TemporaryFolder& folder, const Json& config) {
  fs::create_directories(folder / "run");
  fs::copy(kGoldenAdapter, folder / "run/adapter");
  write_json(folder / "run/config.json", config);
  return folder / "run/adapter";
}

TEST(ModelCard, OfAMergeNamesBaseAdapterAndWeight) {
  const auto card = merged_card("bases/llama/", {{kGoldenAdapter, 0.5}}, kLeaving, Json());
  EXPECT_TRUE(card.starts_with("---\nbase_model: llama\nlibrary_name: transformers\n"));
  EXPECT_TRUE(has(card, "\n# llama, fine-tuned on ECG pages\n"));
  EXPECT_TRUE(has(card, "\n- base `bases/llama/`\n"));
  EXPECT_TRUE(has(card, cat("\n- adapter `", kGoldenAdapter.string(), "`: rank ")));
  EXPECT_TRUE(has(card, " parameters, weight 0.5, SHA-256 "));
  EXPECT_TRUE(has(card, "\n## Scores\n\nNot evaluated. `ecg-lora eval` scores it.\n"));
  EXPECT_TRUE(has(card, "It is not a medical device"));
  EXPECT_FALSE(has(card, "- training data: "));
}

TEST(ModelCard, SaysForWhichProgramsTheListOfStatesIsRight) {
  EXPECT_TRUE(
      has(merged_card("b", {}, kLeaving, Json()),
          "- vision states leaving [0, 1]: right for `ecg-lora` and for transformers 4.56"));
  EXPECT_TRUE(has(merged_card("b", {}, {VisionStates::entering, {1, 2}}, Json()),
                  "- vision states entering [1, 2]: right for `ecg-lora`, Meta's code"));
}

TEST(ModelCard, NamesDataAndFoldsOfTheRun) {
  const TemporaryFolder folder;
  const Json data{{"root", "ptbxl"},
                  {"labels", "super"},
                  {"train_folds", {1, 2}},
                  {"valid_folds", {9}},
                  {"test_folds", {10}}};
  const auto adapter = adapter_of_run(folder, {{"data", data}, {"seed", 7}});
  EXPECT_TRUE(has(merged_card("b", {{adapter, 1}}, kLeaving, Json()),
                  "\n- training data: `ptbxl`, labels super, folds [1,2] to train, [9] to choose, "
                  "[10] to test; seed 7\n"));
}

TEST(ModelCard, NamesFilesOfInstructions) {
  const TemporaryFolder folder;
  const auto adapter =
      adapter_of_run(folder, {{"data", {{"instructions", {"a.json", "b.json"}}}}, {"seed", 1}});
  EXPECT_TRUE(has(merged_card("b", {{adapter, 1}}, kLeaving, Json()),
                  "\n- training data: `a.json`, `b.json`; seed 1\n"));
}

TEST(ModelCard, ListsScoresWithTheirIntervals) {
  const Json scores{{"folds", "test folds 10"},
                    {"macro",
                     {{"auroc", {{"value", 0.91234}, {"low", 0.9}, {"high", 0.92}}},
                      {"f1", {{"value", 0.5}, {"low", nullptr}, {"high", nullptr}}},
                      {"brier", {{"value", nullptr}}}}}};
  const auto card = merged_card("b", {}, kLeaving, scores);
  EXPECT_TRUE(has(card, "## Scores\n\ntest folds 10\n\n| macro | value | 95 % interval |\n"));
  EXPECT_TRUE(has(card, "| auroc | 0.912 | 0.900 to 0.920 |\n"));
  EXPECT_TRUE(has(card, "| f1 | 0.500 |  |\n"));
  EXPECT_FALSE(has(card, "brier"));
}

TEST(ModelCard, OfAnAdapterSaysHowToLoadItOnABaseInMetasForm) {
  const auto card_on = [](const KeptStates& kept) {
    return adapter_card(kGoldenAdapter, "adapters/a", base_keeping(kept), Json());
  };
  const auto entering = card_on({VisionStates::entering, {3, 7}});
  EXPECT_TRUE(entering.starts_with("---\nbase_model: model\nlibrary_name: peft\n"));
  EXPECT_TRUE(has(entering, "one_image/model/`, vision states entering [3, 7]\n"));
  EXPECT_TRUE(has(entering, "- adapter `adapters/a`: rank "));
  EXPECT_TRUE(has(entering, "## Loading with transformers and peft"));
  EXPECT_TRUE(has(entering, "\"intermediate_layers_indices\":[2,6]"));
  EXPECT_TRUE(has(card_on({VisionStates::entering, {0, 7}}), "enters local layer 0"));
  EXPECT_FALSE(has(card_on({VisionStates::leaving, {3, 7}}), "Loading with"));
}

TEST(ModelCard, RefusesADamagedCost) {
  const TemporaryFolder folder;
  const auto adapter = adapter_of_run(folder, Json::object());
  write_file(adapter / "cost.json", "{");
  error_of(ExitCode::data, [&] { merged_card("b", {{adapter, 1}}, kLeaving, Json()); });
}

}  // namespace
}  // namespace ecg_lora::exports
