#include <stdexcept>

#include "dtype.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/tensorio/stream_writer.h"

namespace ecg_lora::tensorio {
namespace {

std::string header_text(const std::vector<TensorInfo>& tensors,
                        const std::map<std::string, std::string>& metadata) {
  Json header = Json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::uint64_t offset = 0;
  for (const auto& info : tensors) {
    if (header.contains(info.name))
      throw_checkpoint("two tensors are named ", info.name,
                       ", but names in a safetensors file must differ; rename one");
    const std::uint64_t end = offset + bytes_of(info);
    header[info.name] = {
        {"dtype", name_of(info.dtype)}, {"shape", info.shape}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  auto text = header.dump();
  text.append((8 - text.size() % 8) % 8,
              ' ');  // so that the data section is aligned for every dtype
  return text;
}

}  // namespace

StreamWriter::StreamWriter(const std::filesystem::path& path,
                           const std::vector<TensorInfo>& tensors,
                           const std::map<std::string, std::string>& metadata)
    : file_(path), tensors_(tensors) {
  const auto header = header_text(tensors, metadata);
  char length[8];
  for (std::size_t i = 0; i < 8; ++i)
    length[i] = static_cast<char>(header.size() >> (8 * i) & 0xff);
  file_.write(length, sizeof length);
  file_.write(header);
}

void StreamWriter::write(const at::Tensor& tensor) {
  if (next_ == tensors_.size() || tensor.sizes() != at::IntArrayRef(tensors_[next_].shape))
    throw std::logic_error("a tensor differs from what the safetensors header announced");
  append(tensor);
}

void StreamWriter::append(const at::Tensor& part) {
  if (next_ == tensors_.size() || part.scalar_type() != tensors_[next_].dtype)
    throw std::logic_error("a tensor differs from what the safetensors header announced");
  const auto elements =
      static_cast<std::int64_t>(bytes_of(tensors_[next_]) / c10::elementSize(part.scalar_type()));
  appended_ += part.numel();
  if (appended_ > elements)
    throw std::logic_error("a tensor is longer than the safetensors header announced");
  const auto bytes = part.detach().to(at::kCPU).contiguous();
  file_.write(bytes.const_data_ptr(), bytes.nbytes());
  if (appended_ < elements) return;
  appended_ = 0;
  ++next_;
}

void StreamWriter::finish() {
  if (next_ != tensors_.size())
    throw std::logic_error("tensors that the safetensors header announced were not written");
  file_.commit();
}

void write_safetensors(const std::filesystem::path& path, const NamedTensors& tensors,
                       const std::map<std::string, std::string>& metadata) {
  std::vector<TensorInfo> infos;
  for (const auto& [name, tensor] : tensors)
    infos.push_back({name, tensor.scalar_type(), tensor.sizes().vec(), 0, 0});
  StreamWriter writer(path, infos, metadata);
  for (const auto& [name, tensor] : tensors) writer.write(tensor);
  writer.finish();
}

}  // namespace ecg_lora::tensorio
