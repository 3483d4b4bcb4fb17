// Every tensor of a checkpoint: what its shape asks for, or what is stored, with norms and hashes.
#include <ATen/ATen.h>

#include "ecg_lora/base/hash.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/inspection/describe.h"
#include "ecg_lora/model/checkpoint/open_checkpoint.h"
#include "ecg_lora/model/checkpoint/stored_dtype.h"
#include "ecg_lora/model/shape/table.h"

namespace ecg_lora::inspection {
namespace {

namespace fs = std::filesystem;

Json expected_rows(const fs::path& folder) {
  Json rows = Json::array();
  for (const auto& spec : model::tensor_table(model::load_model_config(folder)))
    rows.push_back({{"tensor", spec.name}, {"shape", Json(spec.shape).dump()}});
  return rows;
}

/// One pass over all bytes; a tensor is given back before the next.
Json stored_rows(const tensorio::Checkpoint& checkpoint) {
  Progress progress("reading " + checkpoint.folder().filename().string(),
                    static_cast<std::int64_t>(checkpoint.names().size()), "tensors");
  Json rows = Json::array();
  for (const auto& name : checkpoint.names()) {
    const auto& info = checkpoint.info(name);
    const auto tensor = checkpoint.tensor(name).contiguous();
    const std::string_view bytes(static_cast<const char*>(tensor.const_data_ptr()),
                                 tensor.nbytes());
    const double norm =
        tensor.is_floating_point()
            ? at::linalg_vector_norm(tensor, 2, c10::nullopt, false, at::kDouble).item<double>()
            : 0;
    rows.push_back({{"tensor", name},
                    {"dtype", model::dtype_name(info.dtype)},
                    {"shape", Json(info.shape).dump()},
                    {"norm", norm},
                    {"sha256", sha256(bytes)}});
    checkpoint.release_pages(name);
    progress.advance();
  }
  return rows;
}

}  // namespace

Description describe_tensors(const fs::path& folder) {
  Description description;
  if (!model::has_weights(folder)) {
    description.content = {{"kind", "shape of a checkpoint"},
                           {"path", folder.string()},
                           {"expected", expected_rows(folder)}};
    return description;
  }
  const auto checkpoint = model::open_checkpoint(folder);
  Json files = Json::array();
  for (const auto& [path, names] : checkpoint->files())
    files.push_back({{"file", path.filename().string()},
                     {"bytes", fs::file_size(path)},
                     {"sha256", sha256_file(path)}});
  description.content = {{"kind", "tensors of a checkpoint"},
                         {"path", folder.string()},
                         {"files", files},
                         {"stored", stored_rows(*checkpoint)}};
  return description;
}

}  // namespace ecg_lora::inspection
