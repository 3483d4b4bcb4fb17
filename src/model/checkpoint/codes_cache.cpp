#include "codes_cache.h"

#include <iomanip>
#include <sstream>

#include "codes_key.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/log.h"

namespace ecg_lora::model {
namespace {

namespace fs = std::filesystem;

fs::path cache_file(const fs::path& folder, const fs::path& base, const CodesLayout& layout) {
  const auto whole = fs::weakly_canonical(base);
  const auto name = whole.has_filename() ? whole.filename() : whole.parent_path().filename();
  const auto digits = layout.key.substr(0, 16);
  return folder / (name.string() + "-" + to_string(layout.kind) + "-" + digits + ".safetensors");
}

/// Bytes free where `path` will be; the folder may not be there yet.
std::uintmax_t free_bytes(fs::path path) {
  std::error_code error;
  path = fs::absolute(path);
  while (!fs::exists(path, error) && path.has_relative_path()) path = path.parent_path();
  return fs::space(path, error).available;
}

std::string gigabytes(double bytes) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(bytes < 1e8 ? 3 : 1) << bytes / 1e9 << " GB";
  return text.str();
}

}  // namespace

CodesCache::CodesCache(const tensorio::Checkpoint& checkpoint, const BaseQuantisation& quantisation,
                       std::vector<WeightToQuantise> weights) {
  if (quantisation.cache.empty() || quantisation.kind == nn::Quantisation::none) return;
  const auto key = codes_key(checkpoint, quantisation.kind, weights);
  const CodesLayout layout{quantisation.kind, std::move(weights), key};
  for (const auto& weight : layout.weights) index_.emplace(weight.name, index_.size());
  path_ = cache_file(quantisation.cache, checkpoint.folder(), layout);
  if (std::error_code error; fs::exists(path_, error)) open(layout);
  if (!reader_) create(layout);
}

void CodesCache::open(const CodesLayout& layout) {
  try {
    reader_.emplace(path_, layout);
    log_info(cat("the base's codes are read from ", path_.string()));
  } catch (const Error& error) {
    log_warn(cat("the cache of codes is not used and will be written again: ", error.what()));
  }
}

void CodesCache::create(const CodesLayout& layout) {
  const auto need = static_cast<double>(layout.bytes());
  if (const auto free = free_bytes(path_.parent_path()); static_cast<double>(free) < 1.01 * need)
    return log_warn(cat("the codes are not kept in ", path_.string(), ": ", gigabytes(need),
                        " are needed and ", gigabytes(static_cast<double>(free)),
                        " free; free some space, or name another folder"));
  try {
    writer_ = std::make_unique<CodesWriter>(path_, layout);
  } catch (const Error& error) {
    log_warn(cat("the codes are not kept for the next load: ", error.what()));
  }
}

std::shared_ptr<nn::QuantisedImpl> CodesCache::find(const std::string& name, at::Device device) {
  if (!reader_) return nullptr;
  auto found = reader_->read(index_.at(name), device);
  if (!found && !damaged_)
    log_warn(cat(path_.string(), " holds ", name, " with other bytes than were written, so it is ",
                 "quantised again; the file is removed, and the next load writes it"));
  damaged_ |= !found;
  return found;
}

void CodesCache::add(const nn::QuantisedImpl& weight) {
  if (!writer_) return;
  try {
    writer_->write(weight);
  } catch (const Error& error) {
    writer_.reset();
    log_warn(cat("the codes are not kept for the next load: ", error.what()));
  }
}

void CodesCache::finish() {
  std::error_code ignored;
  if (damaged_) fs::remove(path_, ignored);
  if (!writer_) return;
  try {
    writer_->finish();
    log_info(cat("the base's codes are kept in ", path_.string(), " (",
                 gigabytes(static_cast<double>(fs::file_size(path_, ignored))),
                 "); the next load reads them"));
  } catch (const Error& error) {
    log_warn(cat("the codes are not kept for the next load: ", error.what()));
  }
  writer_.reset();
}

}  // namespace ecg_lora::model
