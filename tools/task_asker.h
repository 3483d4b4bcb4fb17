// A model that answers questions of instruction tasks, in words or by likelihoods.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "ecg_lora/generate/decode.h"
#include "ecg_lora/generate/likelihood.h"
#include "eval_recipe.h"

namespace ecg_lora::tools {

/// How a question is answered.
enum class Way {
  words,    ///< generated
  yes_no,   ///< P(yes) from the variants of yes and no
  options,  ///< likelihoods of the options, softmax over them
  labels    ///< P(yes) of each label, asked for by itself
};
Way way_of(const evaluation::TasksConfig& config, const score::TaskAnswer& answer);

/// What the probabilities and answers of a run are, for its report.
std::string describe_ways(const evaluation::TasksConfig& config);

/// A question whose pages were found.
struct Asked {
  std::size_t place = 0;  ///< in the list of questions
  data::Sample sample;
};

class Asker {
 public:
  Asker(const EvalRecipe& recipe, text::ChatFormat chat);
  /// Fills the answers of a batch, all to be answered in one way.
  void ask(const std::vector<const Asked*>& asked, std::vector<score::TaskAnswer>& answers);

 private:
  using Rows = std::vector<score::TaskAnswer*>;
  data::Batch prompts(const std::vector<data::Sample>& samples) const;
  void generate_words(const data::Batch& batch, const Rows& rows);
  void weigh_yes_no(const data::Batch& batch, const Rows& rows);
  void weigh_options(const data::Batch& batch, const Rows& rows);
  void weigh_labels(const std::vector<data::Sample>& samples, const Rows& rows);

  const EvalRecipe& recipe_;
  text::ChatFormat chat_;
  model::Mllama model_;
  data::BatchMaker maker_;
  generate::AnswerVariants variants_;
  std::vector<std::int64_t> content_free_;
  generate::DecodeOptions decoding_;
};

}  // namespace ecg_lora::tools
