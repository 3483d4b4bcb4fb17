#include "ecg_lora/model/checkpoint/open_checkpoint.h"

#include "ecg_lora/base/error.h"
#include "ecg_lora/model/shape/meta.h"
#include "ecg_lora/model/shape/table.h"
#include "meta_checkpoint.h"

namespace ecg_lora::model {

bool has_weights(const std::filesystem::path& folder) {
  return tensorio::SafetensorsCheckpoint::is_in(folder) ||
         (has_meta_params(folder) && !meta_files(folder).empty());
}

std::unique_ptr<tensorio::Checkpoint> open_checkpoint(const std::filesystem::path& folder) {
  if (!tensorio::SafetensorsCheckpoint::is_in(folder) && has_meta_params(folder))
    return std::make_unique<MetaCheckpoint>(folder);
  return std::make_unique<tensorio::SafetensorsCheckpoint>(folder);
}

std::map<std::string, std::string> stored_names(const tensorio::Checkpoint& checkpoint) {
  std::map<std::string, std::string> result;
  for (const auto& name : checkpoint.names()) {
    const auto [place, fresh] = result.emplace(disk_name(name), name);
    if (!fresh)
      throw_checkpoint("checkpoint ", checkpoint.folder().string(), " holds ", place->second,
                       " and ", name, ", which are one tensor under two names; remove one");
  }
  return result;
}

}  // namespace ecg_lora::model
