// Batches of PTB-XL questions on pages drawn on the fly.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "ecg_lora/data/batch.h"
#include "ecg_lora/data/preprocess.h"
#include "ecg_lora/instruct/sample.h"
#include "ecg_lora/ptbxl/database.h"
#include "ecg_lora/render/page.h"
#include "ecg_lora/text/tokenizer.h"

namespace ecg_lora::data {

/// Where recordings and labels come from.
struct DataConfig {
  std::string root;                      ///< folder in PTB-XL's layout
  std::string labels = "superclass";     ///< all, diagnostic, subclass, superclass, form, rhythm, or "AFIB,STACH,…"
  double minimum_likelihood = 0;         ///< percent
  std::string ask = "yes_no";            ///< what training asks: yes_no or checklist
  int sampling_rate = 100;               ///< Hz
  std::vector<int> train_folds{1, 2, 3, 4, 5, 6, 7, 8}, valid_folds{9}, test_folds{10};
  template <class V>
  void visit(V& v) {
    v.field("root", root, "folder in PTB-XL's layout").not_empty();
    v.field("labels", labels, "all, diagnostic, subclass, superclass, form, rhythm, or a comma-separated list of SCP codes").not_empty();
    v.field("minimum_likelihood", minimum_likelihood, "drop statements with a stated likelihood below this, percent; 0 keeps all").range(0, 100);
    v.field("ask", ask, "what training asks of a record: yes_no for each label, or one checklist of all").one_of({"yes_no", "checklist"});
    v.field("sampling_rate", sampling_rate, "100 or 500 Hz").one_of({100, 500});
    v.field("train_folds", train_folds, "folds to train on").range(1, 10);
    v.field("valid_folds", valid_folds, "folds for validation loss and thresholds").range(1, 10);
    v.field("test_folds", test_folds, "folds to report on").range(1, 10);
  }
};

/// How batches are put together.
struct BatchConfig {
  int images = 8;               ///< recordings a batch
  int questions = 0;            ///< questions drawn for each; 0 for all labels
  bool balanced = true;         ///< draw yes and no in equal numbers where both exist
  int workers = 1;              ///< threads that draw pages; changes no byte of any batch
  int max_tokens = 1024;        ///< longest row; a longer one is an error
  template <class V>
  void visit(V& v) {
    v.field("images", images, "recordings a batch").range(1, 65536);
    v.field("questions", questions, "questions drawn for each recording; 0 for all labels").range(0, 65536);
    v.field("balanced", balanced, "draw yes and no in equal numbers where both exist");
    v.field("workers", workers, "threads that draw pages; changes no byte of any batch").range(0, 256);
    v.field("max_tokens", max_tokens, "longest row, tokens; a longer one is an error").range(8, 131072);
  }
};

/// Tokens and labels of one row, before padding.
struct Row {
  std::vector<std::int64_t> tokens, labels;
  std::int64_t image = -1;      ///< index into the images of the batch
  std::int64_t sample_id = 0;
};

/// Pads rows on the right and stacks images. A token sees its row's image from the <|image|> token on.
Batch collate(const std::vector<Row>& rows, const std::vector<Tiles>& images, std::int64_t pad_id, std::int64_t image_id);

/// Draws and tiles the page of a record.
Tiles record_tiles(const ptbxl::Database& database, const ptbxl::RecordInfo& record, int sampling_rate,
                   const render::PageConfig& page, const ImageConfig& image);

/// Shuffled (training) or in table order (evaluation). Which questions a record is asked is a function of (seed, epoch, record).
class EcgSource : public BatchSource {
 public:
  EcgSource(std::shared_ptr<const ptbxl::Database> database, std::vector<instruct::Sample> samples,
            std::shared_ptr<const text::Tokenizer> tokenizer, const DataConfig& data, const render::PageConfig& page,
            const ImageConfig& image, const BatchConfig& batch, std::int64_t pad_id, bool shuffled, std::uint64_t seed);
  std::int64_t size() const override;
  Batch get(std::int64_t epoch, std::int64_t index) override;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// Computes the batches that come next in `workers` threads. The order of batches is that of the wrapped source.
std::unique_ptr<BatchSource> prefetch(std::unique_ptr<BatchSource> source, int workers);

}  // namespace ecg_lora::data
