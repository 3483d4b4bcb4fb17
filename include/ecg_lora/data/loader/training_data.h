// The batches of a training run: PTB-XL's labels, instruction files, or both mixed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ecg_lora/base/json.h"
#include "ecg_lora/data/loader/ecg_source.h"
#include "ecg_lora/data/loader/instruct_source.h"
#include "ecg_lora/data/loader/skip_log.h"
#include "ecg_lora/ecg/ptbxl/labels.h"
#include "ecg_lora/text/chat.h"

namespace ecg_lora::data {

/// What batches are made from, and how.
struct TrainingSources {
  std::shared_ptr<const ptbxl::Database> database;  ///< null, as are the labels, without data.root
  std::shared_ptr<const ptbxl::LabelSet> labels;
  text::ChatFormat chat;
  ImageConfig image;
  DataConfig data;
  page::PageConfig page;
  page::PaperConfig paper;
  BatchConfig batch;
  std::uint64_t seed = 1;
  std::int64_t pad_id = 0;
  int threads = 0;          ///< 0 for all cores
  bool only_pages = false;  ///< what is trained takes no part in an answer without a page
};

enum class Split { training, validation };

struct TrainingData {
  std::unique_ptr<MixedSource> source;  ///< null if there is nothing to validate on
  std::string description;              ///< a line for each instruction file
  std::vector<std::shared_ptr<const SampleSource>> samples;  ///< what `source` mixes
  Json sources = Json::array();  ///< what each source holds and leaves out, for the run folder
};

/// The sources of training (data.train_folds, data.instructions), shuffled and weighted, or of
/// validation (data.valid_folds, data.valid_instructions). Usage error if training has neither
/// data.root nor data.instructions, or not as many weights as instructions. The length of every
/// conversation is measured before any is used: too long ones are a usage error, or counted,
/// logged and noted, as batch.too_long says. What is left out is noted in `log`.
TrainingData make_training_data(const TrainingSources& from, Split split,
                                const std::shared_ptr<SkipLog>& log);

/// The pages that the samples are about, each once for each source. Looks at every sample.
std::vector<PageRef> pages_of(const TrainingData& data);

/// {"training": sources, "validation": sources, "labels": [{"name", "description", "words"}]}, for
/// the run folder.
Json summary_of(const TrainingSources& from, const TrainingData& training,
                const TrainingData& validation);

/// What a process of a run takes of a source.
struct RankShare {
  int rank = 0, ranks = 1;
  int workers = 1;          ///< threads that make its batches ahead
  bool pin_memory = false;  ///< pinned(), for a CUDA device
};

/// share_of() `source`, made ahead: of the first epoch only if `one_epoch`, as validation asks.
std::unique_ptr<BatchSource> batches_ahead(std::unique_ptr<BatchSource> source,
                                           const RankShare& share, bool one_epoch = false);

}  // namespace ecg_lora::data
