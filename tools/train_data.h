// The batches of ecg-lora train: PTB-XL's labels, instruction files, or both mixed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ecg_lora/data/instruct_source.h"
#include "ecg_lora/lora/lora.h"
#include "recipe.h"

namespace ecg_lora::tools {

/// What batches are made from, and of what.
struct TrainData {
  std::unique_ptr<data::MixedSource> source;  ///< null where there is nothing to validate on
  std::string description;                    ///< a line for each instruction file
  std::vector<std::shared_ptr<const data::SampleSource>> samples;  ///< what `source` mixes
  Json sources = Json::array();  ///< what each source holds and leaves out, for the run folder
};

struct DataRecipe {
  data::DataConfig data;
  render::PageConfig page;
  render::PaperConfig paper;
  data::BatchConfig batch;
  std::uint64_t seed = 1;
  std::int64_t pad_id = 0;
  int threads = 0;
  bool only_pages = false;  ///< what is trained takes no part in an answer without a page
};

/// Whether no adapter of `spec` takes part in an answer about no page: none but those of the vision
/// tower, the projector and the layers that attend to pages.
bool needs_pages(const model::ModelConfig& config, const lora::LoraSpec& spec);

/// The sources of training (data.train_folds, data.instructions), shuffled and weighted, or of
/// validation (data.valid_folds, data.valid_instructions). Usage error where training has neither
/// data.root nor data.instructions, or not as many weights as instructions. The length of every
/// conversation is measured before any is used: too long ones are a usage error, or counted, told
/// and noted, as batch.too_long says. What is left out is noted in `log`.
TrainData make_train_data(const DataRecipe& recipe, const DataSet& set, bool training,
                          const std::shared_ptr<data::SkipLog>& log);

/// The pages that the samples are about, each once for each source. Looks at every sample.
std::vector<data::PageRef> pages_of(const TrainData& data);

}  // namespace ecg_lora::tools
