#include "ecg_lora/tensorio/safetensors.h"

#include <cstring>
#include <unordered_map>

#include "ecg_lora/base/error.h"
#include "header.h"
#include "mapped_file.h"

namespace ecg_lora::tensorio {

struct SafetensorsFile::Mapping : MappedFile {
  explicit Mapping(const std::filesystem::path& path) : MappedFile(path, "a safetensors file") {}
  Header header;
  std::unordered_map<std::string, std::size_t> index;
};

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path)
    : mapping_(std::make_shared<Mapping>(path)) {
  mapping_->header = parse_header(mapping_->bytes(), path.string());
  const auto& tensors = mapping_->header.tensors;
  for (std::size_t i = 0; i < tensors.size(); ++i) mapping_->index[tensors[i].name] = i;
}

SafetensorsFile::~SafetensorsFile() = default;

const std::filesystem::path& SafetensorsFile::path() const {
  return mapping_->path();
}
const std::vector<TensorInfo>& SafetensorsFile::tensors() const {
  return mapping_->header.tensors;
}
const std::map<std::string, std::string>& SafetensorsFile::metadata() const {
  return mapping_->header.metadata;
}
bool SafetensorsFile::has(const std::string& name) const {
  return mapping_->index.count(name) != 0;
}

at::Tensor SafetensorsFile::tensor(const std::string& name) const {
  const auto found = mapping_->index.find(name);
  if (found == mapping_->index.end())
    throw_checkpoint(mapping_->path().string(), " has no tensor ", name, " among its ",
                     mapping_->index.size(), "; use the file that belongs here");
  const auto& info = mapping_->header.tensors[found->second];
  char* data = mapping_->data() + mapping_->header.data_begin + info.begin;
  const auto options = at::TensorOptions().dtype(info.dtype);
  if (reinterpret_cast<std::uintptr_t>(data) % c10::elementSize(info.dtype) == 0 &&
      info.end > info.begin)
    return at::from_blob(data, info.shape, [mapping = mapping_](void*) {}, options);
  auto copy = at::empty(info.shape, options);  // A header of odd length leaves the data unaligned.
  if (info.end > info.begin) std::memcpy(copy.mutable_data_ptr(), data, info.end - info.begin);
  return copy;
}

void SafetensorsFile::release_pages(const std::string& name) const {
  const auto& info = mapping_->header.tensors[mapping_->index.at(name)];
  mapping_->forget(mapping_->header.data_begin + info.begin,
                   mapping_->header.data_begin + info.end);
}

void SafetensorsFile::prefetch(const std::string& name) const {
  const auto& [tensors, metadata, data_begin] = mapping_->header;
  const auto& info = tensors[mapping_->index.at(name)];
  mapping_->prefetch(data_begin + info.begin, data_begin + info.end);
}

}  // namespace ecg_lora::tensorio
