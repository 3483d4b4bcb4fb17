// A small synthetic data set, a tokenizer, and instruction files about its recordings.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/data/loader/ecg_source.h"
#include "ecg_lora/data/loader/instruct_source.h"
#include "ecg_lora/synthetic/cohort/dataset.h"
#include "ecg_lora/text/train_sentencepiece.h"

namespace ecg_lora::testing {

class InstructWorld : public ::testing::Test {
 protected:
  InstructWorld() {
    synthetic::write_dataset(folder_ / "d", {synthetic::Preset::findings, 6, 5});
    std::filesystem::create_directories(folder_ / "t");
    text::train_sentencepiece({"What is the rhythm of this record? system user assistant",
                               "It is sinus rhythm, number 0 1 2 3 4 5 6 7 8 9.",
                               "Compare the first and the second ECG. Hello."},
                              400, folder_ / "t");
    tokenizer_ = text::load_tokenizer(folder_ / "t");
    batch_.images = 4;
    batch_.questions = 2;
  }

  static Json turn(const std::string& from, const std::string& value) {
    return {{"from", from}, {"value", value}};
  }

  /// Item `number` about `images`; its answer is its number.
  static Json item(int number, const std::vector<std::string>& images, int rounds = 1) {
    Json turns = Json::array();
    for (int i = 0; i < rounds; ++i) {
      turns.push_back(turn("human", "What is the rhythm?"));
      turns.push_back(turn("gpt", cat("number ", number, i > 0 ? cat(" ", i) : "")));
    }
    return {{"id", number}, {"image", images}, {"conversations", turns}};
  }

  /// 5 items on record 1, 2 on record 2, 1 on record 3, 2 on records 1 and 2, 3 without a page.
  static Json mixed_items() {
    Json items = Json::array();
    for (int i = 0; i < 5; ++i) items.push_back(item(i, {"00001_lr-0.png"}, i == 0 ? 3 : 1));
    items.push_back(item(5, {"ptb-xl/records500/00000/00002_hr.png"}));
    items.push_back(item(6, {"1", "2"}));
    items.push_back(item(7, {}));
    items.push_back(item(8, {"00003_lr"}));
    items.push_back(item(9, {"1", "2"}));
    items.push_back(item(10, {}));
    items.push_back(item(11, {}));
    items.push_back(item(12, {"ptb-xl/records500/00000/00002_hr.png"}));
    return items;
  }

  std::filesystem::path write(const Json& items, const std::string& name = "a.json") const {
    write_file(folder_ / name, items.dump());
    return folder_ / name;
  }

  std::int64_t pad() const { return *tokenizer_->id("<|finetune_right_pad_id|>"); }
  data::BatchMaker maker(instruct::OnBad on_bad = instruct::OnBad::stop) const {
    return {{tokenizer_, layout_}, {{}, image_}, batch_, pad(), on_bad, log_};
  }
  std::shared_ptr<data::InstructSamples> samples(
      const std::filesystem::path& path, bool shuffled = true,
      instruct::OnBad on_bad = instruct::OnBad::stop) const {
    const auto resolver = std::make_shared<instruct::Resolver>(
        instruct::Roots{{(folder_ / ".").string()}, {(folder_ / "d").string()}, 100});
    return std::make_shared<data::InstructSamples>(
        path, resolver, maker(on_bad),
        data::InstructOptions{batch_.questions, shuffled, 3, 100, on_bad, 2}, *log_);
  }
  data::MixedSource source(const std::filesystem::path& path, bool shuffled = true,
                           std::uint64_t seed = 3,
                           instruct::OnBad on_bad = instruct::OnBad::stop) const {
    return {{{samples(path, shuffled, on_bad), 1}}, maker(on_bad), shuffled, seed};
  }

  /// What row `row` is to learn, its answers run together.
  std::string answer(const data::Batch& batch, std::int64_t row) const {
    std::vector<std::int64_t> ids;
    for (std::int64_t i = 0; i < batch.labels.size(1); ++i)
      if (const auto label = batch.labels[row][i].item<std::int64_t>(); label != -100)
        ids.push_back(label);
    return tokenizer_->decode(ids);
  }

  const TemporaryFolder folder_;
  std::shared_ptr<const text::Tokenizer> tokenizer_;
  text::PromptLayout layout_ = text::kDefaultLayout;
  data::ImageConfig image_{28, 4};
  data::BatchConfig batch_;
  std::shared_ptr<data::SkipLog> log_ = std::make_shared<data::SkipLog>();
};

inline bool same(const at::Tensor& a, const at::Tensor& b) {
  return a.defined() == b.defined() &&
         (!a.defined() || (a.dtype() == b.dtype() && at::equal(a, b)));
}

inline bool same(const data::Batch& a, const data::Batch& b) {
  return same(a.pixels, b.pixels) && same(a.aspect_ratio_id, b.aspect_ratio_id) &&
         same(a.aspect_ratio_mask, b.aspect_ratio_mask) && same(a.tokens, b.tokens) &&
         same(a.attention_mask, b.attention_mask) && same(a.row_images, b.row_images) &&
         same(a.cross_mask, b.cross_mask) && same(a.labels, b.labels) &&
         a.sample_ids == b.sample_ids;
}

}  // namespace ecg_lora::testing
