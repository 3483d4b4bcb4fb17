// Records, labels, tokenizer and image settings: what batches are made from.
#pragma once

#include <memory>
#include <string>

#include "ecg_lora/data/loader/ecg_source.h"
#include "ecg_lora/ecg/ptbxl/labels.h"

namespace ecg_lora::data {

struct DataSet {
  std::shared_ptr<const ptbxl::Database> database;  ///< null, as labels, if data.root is empty
  std::shared_ptr<const ptbxl::LabelSet> labels;
  text::ChatFormat chat;
  ImageConfig image;
};

/// Reads the tables of `config.root`, if there is one, and the tokenizer, chat template and
/// processor files of the folder `model`. Logs which words the labels are asked in. Data error for
/// tables, checkpoint error for a model's files that are damaged.
DataSet load_data(const DataConfig& config, const std::string& model);

}  // namespace ecg_lora::data
