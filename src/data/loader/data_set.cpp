#include "ecg_lora/data/loader/data_set.h"

#include "ecg_lora/ecg/ptbxl/wording_use.h"
#include "ecg_lora/text/chat_format.h"

namespace ecg_lora::data {

DataSet load_data(const DataConfig& config, const std::string& model) {
  DataSet result;
  if (!config.root.empty()) {
    result.database = std::make_shared<const ptbxl::Database>(
        ptbxl::load_database(config.root, config.recording_roots));
    const auto wording = ptbxl::Wording::load(config.wording, result.database->statements);
    result.labels = std::make_shared<const ptbxl::LabelSet>(*result.database, config.labels,
                                                            config.minimum_likelihood, wording);
    result.labels->words().log_notices();
  }
  result.chat = text::load_chat_format(model);
  result.image = load_image_config(model);
  return result;
}

}  // namespace ecg_lora::data
