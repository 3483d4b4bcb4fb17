// Which hidden states a list of layers means, by marker, version and choice.
#include "ecg_lora/model/shape/vision_states.h"

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "shapes.h"

namespace ecg_lora::model {
namespace {

using ecg_lora::testing::error_of, ecg_lora::testing::has, ecg_lora::testing::TemporaryFolder;

const std::vector<std::int64_t> kReleased{3, 7, 15, 23, 30}, kShifted{2, 6, 14, 22, 29};

Json config_of(const Json& marker, const Json& version) {
  Json json{{"vision_config", Json::object()}};
  if (!marker.is_null()) json["vision_config"]["vision_states"] = marker;
  if (!version.is_null()) json["transformers_version"] = version;
  return json;
}

DeclaredStates declared(const Json& marker, const Json& version,
                        const std::vector<std::int64_t>& layers, std::int64_t local_layers = 32) {
  return declared_vision_states(config_of(marker, version), layers, local_layers, "config.json");
}

TEST(VisionStates, TheMarkerCounts) {
  for (const auto* version : {"4.45.0.dev0", "5.24.0", "unknown"})
    for (const auto states : {VisionStates::entering, VisionStates::leaving}) {
      const auto found = declared(to_string(states), version, kReleased);
      EXPECT_EQ(found.states, states);
      EXPECT_EQ(found.origin, VisionStatesOrigin::checkpoint);
      EXPECT_EQ(found.warning, "");
    }
  for (const auto& marker : {Json("late"), Json(true), Json(1), Json::array({"leaving"})})
    EXPECT_TRUE(has(error_of(ExitCode::checkpoint, [&] { declared(marker, Json(), kReleased); }),
                    "vision_states of vision_config is " + marker.dump()));
}

TEST(VisionStates, WithoutAMarkerTheyEnterAndADoubtIsTold) {
  for (const auto& version : {Json(), Json("4.45.0.dev0"), Json("4.54.1"), Json("3.9")}) {
    const auto found = declared(Json(), version, kReleased);
    EXPECT_EQ(found.states, VisionStates::entering) << version;
    EXPECT_EQ(found.origin, VisionStatesOrigin::assumption);
    EXPECT_EQ(found.warning, "") << version;
  }
  for (const auto& version :
       {Json("4.55.0"), Json("4.57.1"), Json("5.24.0"), Json("newest"), Json(""), Json(5)}) {
    const auto found = declared(Json(), version, kReleased);
    EXPECT_EQ(found.states, VisionStates::entering) << version;
    EXPECT_TRUE(has(found.warning, "taken as entering"));
    EXPECT_TRUE(has(found.warning, "--vision-states leaving"));
  }
  EXPECT_EQ(declared(Json(), "5.24.0", {}).warning, "") << "nothing is kept";
}

TEST(VisionStates, TheReleasedListShiftedByHandLeaves) {
  for (const auto& version : {Json(), Json("4.45.0"), Json("5.24.0")}) {
    const auto found = declared(Json(), version, kShifted);
    EXPECT_EQ(found.states, VisionStates::leaving);
    EXPECT_EQ(found.origin, VisionStatesOrigin::assumption);
    EXPECT_TRUE(has(found.warning, "shifted by one"));
    EXPECT_TRUE(has(found.warning, "--vision-states entering"));
  }
  EXPECT_EQ(declared(Json(), Json(), kShifted, 40).states, VisionStates::entering);
}

TEST(VisionStates, TheUsersChoiceComesFirst) {
  auto whole = testing::small_json();
  whole["transformers_version"] = "5.24.0";
  const auto assumed = parse_model_config(whole, "test").vision;
  EXPECT_EQ(assumed.states, VisionStates::entering);
  EXPECT_NE(assumed.states_warning, "");
  for (const auto states : {VisionStates::entering, VisionStates::leaving}) {
    const auto chosen = parse_model_config(whole, "test", states).vision;
    EXPECT_EQ(chosen.states, states);
    EXPECT_EQ(chosen.states_origin, VisionStatesOrigin::user);
    EXPECT_EQ(chosen.states_warning, "");
  }
  EXPECT_EQ(chosen_vision_states("auto"), std::nullopt);
  EXPECT_EQ(chosen_vision_states("leaving"), VisionStates::leaving);
  EXPECT_TRUE(has(error_of(ExitCode::usage, [] { chosen_vision_states("late"); }), "late"));
}

TEST(VisionStates, BothFormsMeanTheSame) {
  const KeptStates entering{VisionStates::entering, kReleased};
  const auto leaving = converted(entering, VisionStates::leaving, 32);
  EXPECT_EQ(leaving.layers, kShifted);
  EXPECT_EQ(leaving.states, VisionStates::leaving);
  EXPECT_EQ(leaving.layers_run(), entering.layers_run());
  EXPECT_EQ(converted(leaving, VisionStates::leaving, 32).layers, kShifted);
  EXPECT_EQ(converted(leaving, VisionStates::entering, 32).layers, kReleased);
  EXPECT_NE((KeptStates{VisionStates::leaving, kReleased}.layers_run()), entering.layers_run());
  EXPECT_EQ(to_string(leaving), "leaving [2, 6, 14, 22, 29]");
}

TEST(VisionStates, WhatAFormCannotNameIsRefused) {
  EXPECT_TRUE(
      has(error_of(ExitCode::usage,
                   [] { converted({VisionStates::entering, {0, 3}}, VisionStates::leaving, 4); }),
          "--for meta"));
  EXPECT_TRUE(
      has(error_of(ExitCode::usage,
                   [] { converted({VisionStates::leaving, {1, 3}}, VisionStates::entering, 4); }),
          "--for transformers"));
  EXPECT_EQ(converted({VisionStates::entering, {0, 3}}, VisionStates::entering, 4).layers.size(),
            2U);
}

TEST(VisionStates, AreWrittenAndReadBack) {
  const TemporaryFolder folder;
  write_json(folder / "config.json", testing::small_json());
  write_vision_states(folder / "", {VisionStates::leaving, {0}});
  const auto vision = load_model_config(folder / "").vision;
  EXPECT_EQ(vision.states, VisionStates::leaving);
  EXPECT_EQ(vision.states_origin, VisionStatesOrigin::checkpoint);
  EXPECT_EQ(vision.intermediate_layers, std::vector<std::int64_t>{0});
  EXPECT_EQ(vision.hidden_size, 16) << "the rest stays";
  const auto json = to_json(vision.kept_states());
  EXPECT_EQ(parse_kept_states(json, "test").layers_run(), vision.kept_states().layers_run());
  for (const auto& bad : {Json(), Json(1), Json{{"vision_states", "leaving"}},
                          Json{{"vision_states", "late"}, {"intermediate_layers_indices", {1}}},
                          Json{{"vision_states", "leaving"}, {"intermediate_layers_indices", "1"}}})
    EXPECT_TRUE(
        has(error_of(ExitCode::checkpoint, [&] { parse_kept_states(bad, "here"); }), "here"));
}

}  // namespace
}  // namespace ecg_lora::model
