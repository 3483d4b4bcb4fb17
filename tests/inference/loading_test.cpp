// A base opened with and without its adapter, and what is refused before.
#include "ecg_lora/inference/loading/load.h"

#include "ecg_lora/base/file.h"
#include "inference/tiny_base.h"

namespace ecg_lora::inference {
namespace {

using ecg_lora::testing::error_of, ecg_lora::testing::has;
using testing::choice_of, testing::memory_checked;

class Loading : public testing::TinyBase {
 protected:
  /// Logits [1, 4, V] of a text without images.
  static at::Tensor logits_of(model::Mllama& model) {
    const at::NoGradGuard guard;
    data::Batch batch;
    batch.tokens = at::tensor({5, 6, 7, 8}, at::kLong).view({1, 4});
    batch.attention_mask = at::ones_like(batch.tokens);
    return model->logits(model->hidden(batch, at::Tensor()));
  }
};

TEST_F(Loading, WithoutAnAdapterGivesTheBase) {
  auto loaded = load(choice_of(base()), memory_checked());
  auto plain = model::load_model(base(), at::kCPU, at::kFloat);
  plain->eval();
  EXPECT_FALSE(loaded.adapter);
  EXPECT_FALSE(loaded.model->is_training());
  EXPECT_TRUE(at::equal(logits_of(loaded.model), logits_of(plain)));
}

TEST_F(Loading, WithAnAdapterAppliesIt) {
  auto loaded = load(choice_of(base(), adapter()), memory_checked());
  auto adapted = model::load_model(base(), at::kCPU, at::kFloat);
  lora::load_adapter(adapted, adapter());
  adapted->eval();
  ASSERT_TRUE(loaded.adapter);
  EXPECT_GT(loaded.adapter->changing, 0);
  const auto logits = logits_of(loaded.model);
  EXPECT_TRUE(at::equal(logits, logits_of(adapted)));
  auto plain = model::load_model(base(), at::kCPU, at::kFloat);
  plain->eval();
  EXPECT_FALSE(at::allclose(logits, logits_of(plain), 1e-3, 1e-3));
}

TEST_F(Loading, TheBaseIsLoadedInTheDtypeThatIsAsked) {
  auto choice = choice_of(base());
  choice.compute.dtype = "bf16";
  EXPECT_EQ(load_base(choice, memory_checked())->parameters().front().scalar_type(), at::kBFloat16);
}

TEST_F(Loading, AnAdapterOfAnotherBaseIsRefused) {
  auto narrow = testing::small_shape();
  narrow.text_width = 16, narrow.text_mlp = 32;
  tiny::write_model(in_folder("narrow"), narrow, 2, "fp32");
  check_files(choice_of(base(), adapter()));
  const auto said = error_of(ExitCode::checkpoint,
                             [] { check_files(choice_of(in_folder("narrow"), adapter())); });
  EXPECT_TRUE(has(said, "does not fit the base: "));
  EXPECT_TRUE(has(said, "use it with the base that it was made for"));
}

TEST_F(Loading, ABaseWithoutConfigIsRefused) {
  write_file(in_folder("empty/notes.txt"), "no model");
  error_of(ExitCode::checkpoint, [] { check_files(choice_of(in_folder("empty"))); });
}

TEST_F(Loading, AnAutomaticDtypeIsThatOfTheFiles) {
  auto choice = choice_of(base());
  choice.compute.dtype = "auto";
  resolve_dtype(choice.compute, base());
  EXPECT_EQ(choice.compute.dtype, "fp32");
  choice.compute.dtype = "bf16";
  resolve_dtype(choice.compute, base());
  EXPECT_EQ(choice.compute.dtype, "bf16") << "only auto is replaced";
}

TEST_F(Loading, AnswersCountTheParametersOfTheAdapter) {
  const plan::Prompts prompts{1, 2, 32, 8};
  EXPECT_EQ(inference_input(choice_of(base()), prompts).adapter_parameters, 0);
  const auto input = inference_input(choice_of(base(), adapter()), prompts);
  auto adapted = load(choice_of(base(), adapter()), memory_checked());
  EXPECT_EQ(input.adapter_parameters, adapted.adapter->trainable);
  EXPECT_EQ(input.prompts.max_new_tokens, 8);
  EXPECT_FALSE(input.cuda);
}

}  // namespace
}  // namespace ecg_lora::inference
