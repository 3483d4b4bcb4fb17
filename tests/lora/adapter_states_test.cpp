// The vision states of adapters, and of what merges of them write.
#include "base/expect_error.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/lora/adapter_file.h"
#include "ecg_lora/lora/lora.h"
#include "ecg_lora/lora/merge.h"

namespace ecg_lora::lora {
namespace {

namespace fs = std::filesystem;
using model::KeptStates, model::VisionStatesOrigin, model::VisionConfig, model::VisionStates;
using testing::error_of, testing::has, testing::TemporaryFolder;

const fs::path kGolden = "tests/parity/golden/one_image";  ///< three local layers, two states kept

VisionConfig vision_of(const KeptStates& kept, VisionStatesOrigin origin) {
  VisionConfig vision;
  vision.local_layers = 32;
  vision.states = kept.states;
  vision.intermediate_layers = kept.layers;
  vision.states_origin = origin;
  return vision;
}

/// An adapter of one linear that was trained with `kept`.
AdapterFile adapter_with(const fs::path& folder, const KeptStates& kept) {
  nn::Adapter adapter;
  adapter.a = at::ones({2, 4});
  adapter.b = at::ones({4, 2});
  adapter.scale = 1;
  write_adapter(folder, {{"language_model.model.layers.0.self_attn.q_proj", adapter}}, {}, "base",
                {kept});
  return AdapterFile(folder);
}

TEST(AdapterStates, AreWrittenAndHeldAgainstTheBase) {
  const TemporaryFolder folder;
  const KeptStates entering{VisionStates::entering, {3, 7}}, same{VisionStates::leaving, {2, 6}},
      other{VisionStates::leaving, {3, 7}};
  const auto adapter = adapter_with(folder / "adapter", entering);
  ASSERT_TRUE(adapter.kept_states());
  EXPECT_EQ(to_string(*adapter.kept_states()), "entering [3, 7]");
  for (const auto origin :
       {VisionStatesOrigin::assumption, VisionStatesOrigin::checkpoint, VisionStatesOrigin::user})
    for (const auto& kept : {entering, same})
      EXPECT_EQ(
          ecg_lora::testing::stderr_of([&] { adapter.check_states(vision_of(kept, origin)); }), "");
  for (const auto origin : {VisionStatesOrigin::assumption, VisionStatesOrigin::checkpoint}) {
    const auto said =
        error_of(ExitCode::checkpoint, [&] { adapter.check_states(vision_of(other, origin)); });
    EXPECT_TRUE(has(said, (folder / "adapter").string()));
    EXPECT_TRUE(has(said, "entering [3, 7]"));
    EXPECT_TRUE(has(said, "leaving [3, 7]"));
    EXPECT_TRUE(has(said, "--vision-states entering opens the base as it was trained"));
    EXPECT_TRUE(has(said, "--vision-states leaving (vision_states in a config) uses it"));
  }
  const auto said = ecg_lora::testing::stderr_of(
      [&] { adapter.check_states(vision_of(other, VisionStatesOrigin::user)); });
  EXPECT_TRUE(has(said, "was trained with the vision states entering [3, 7]"));
}

TEST(AdapterStates, AnAdapterThatDoesNotSayLeavesADoubtOnEnteringBases) {
  const AdapterFile adapter(kGolden / "adapter");
  ASSERT_FALSE(adapter.kept_states());
  const KeptStates entering{VisionStates::entering, {3, 7}}, leaving{VisionStates::leaving, {3, 7}};
  for (const auto origin :
       {VisionStatesOrigin::assumption, VisionStatesOrigin::checkpoint, VisionStatesOrigin::user}) {
    EXPECT_EQ(
        ecg_lora::testing::stderr_of([&] { adapter.check_states(vision_of(leaving, origin)); }),
        "");
    EXPECT_EQ(ecg_lora::testing::stderr_of([&] { adapter.check_states(vision_of({}, origin)); }),
              "");
  }
  EXPECT_EQ(ecg_lora::testing::stderr_of(
                [&] { adapter.check_states(vision_of(entering, VisionStatesOrigin::user)); }),
            "");
  const auto said = ecg_lora::testing::stderr_of(
      [&] { adapter.check_states(vision_of(entering, VisionStatesOrigin::checkpoint)); });
  EXPECT_TRUE(has(said, "does not say which vision states"));
  EXPECT_TRUE(has(said, "--vision-states leaving"));
}

TEST(AdapterStates, DamagedMetadataAreRefused) {
  const TemporaryFolder folder;
  adapter_with(folder / "", {VisionStates::leaving, {1}});
  const auto file = folder / "adapter_model.safetensors";
  tensorio::NamedTensors tensors;
  {
    const tensorio::SafetensorsFile written(file);
    for (const auto& info : written.tensors())
      tensors.emplace_back(info.name, written.tensor(info.name).clone());
  }
  using Metadata = std::map<std::string, std::string>;
  for (const Metadata& bad :
       {Metadata{{"vision_states", "late"}, {"intermediate_layers_indices", "[1]"}},
        Metadata{{"vision_states", "leaving"}},
        Metadata{{"vision_states", "leaving"}, {"intermediate_layers_indices", "[1"}},
        Metadata{{"vision_states", "leaving"}, {"intermediate_layers_indices", "[0.5]"}}}) {
    tensorio::write_safetensors(file, tensors, bad);
    const auto said = error_of(ExitCode::checkpoint, [&] { AdapterFile(folder / ""); });
    EXPECT_TRUE(has(said, "vision_states"));
    EXPECT_TRUE(has(said, (folder / "").string()));
  }
}

/// A base that says it keeps `kept`.
fs::path base_with(const fs::path& folder, const KeptStates& kept) {
  fs::copy(kGolden / "model", folder);
  model::write_vision_states(folder, kept);
  return folder;
}

/// What the vision tower and the projector make of one random image.
at::Tensor image_states(const fs::path& folder) {
  const at::NoGradGuard guard;
  auto model = model::load_model(folder, at::kCPU, at::kFloat);
  const auto& vision = model->config().vision;
  data::Batch batch;
  batch.pixels = at::randn({1, vision.max_tiles, 3, vision.image_size, vision.image_size},
                           at::make_generator<at::CPUGeneratorImpl>(1));
  batch.aspect_ratio_id = at::ones({1}, at::kLong);
  batch.aspect_ratio_mask = at::zeros({1, vision.max_tiles}, at::kLong);
  batch.aspect_ratio_mask[0][0] = 1;
  return model->encode_images(batch);
}

struct Merged {
  const TemporaryFolder folder;
  MergeOptions options = of_golden();
  static MergeOptions of_golden() {
    MergeOptions options;
    options.adapters = {{kGolden / "adapter", 0}};  // nothing changes but config.json
    return options;
  }
};

TEST(AdapterStates, MergesForBothProgramsComputeTheSame) {
  Merged m;
  m.options.states = VisionStates::entering;  // no doubt is left
  const auto base = base_with(m.folder / "base", {VisionStates::entering, {1, 1}});
  const auto report = merge(base, m.folder / "transformers", m.options);
  EXPECT_EQ(to_string(report.kept), "leaving [0, 0]");
  m.options.form = VisionStates::entering;
  EXPECT_EQ(to_string(merge(base, m.folder / "meta", m.options).kept), "entering [1, 1]");
  const auto vision = [&](const char* name) {
    return read_json(m.folder / name / "config.json").at("vision_config");
  };
  EXPECT_EQ(vision("transformers").at("vision_states"), "leaving");
  EXPECT_EQ(vision("transformers").at("intermediate_layers_indices"), Json({0, 0}));
  EXPECT_EQ(vision("meta").at("vision_states"), "entering");
  const auto expected = image_states(base);
  EXPECT_TRUE(at::equal(image_states(m.folder / "transformers"), expected));
  EXPECT_TRUE(at::equal(image_states(m.folder / "meta"), expected));
  model::write_vision_states(base, {VisionStates::leaving, {1, 1}});
  EXPECT_FALSE(at::equal(image_states(base), expected));
}

TEST(AdapterStates, AMergeThatCannotNameTheStatesIsRefusedBeforeItBegins) {
  Merged m;
  const auto base = base_with(m.folder / "base", {VisionStates::entering, {0, 1}});
  m.options.states = VisionStates::entering;
  EXPECT_TRUE(has(error_of(ExitCode::usage, [&] { merge(base, m.folder / "out", m.options); }),
                  "--for meta"));
  model::write_vision_states(base, {VisionStates::leaving, {1, 2}});
  m.options.states = std::nullopt;
  m.options.form = VisionStates::entering;
  EXPECT_TRUE(has(error_of(ExitCode::usage, [&] { merge(base, m.folder / "out", m.options); }),
                  "--for transformers"));
  EXPECT_FALSE(fs::exists(m.folder / "out"));
}

}  // namespace
}  // namespace ecg_lora::lora
