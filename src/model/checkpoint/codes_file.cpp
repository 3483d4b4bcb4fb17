#include "codes_file.h"

#include <ATen/Parallel.h>

#include <array>
#include <bit>
#include <cstring>

#include "ecg_lora/base/error.h"
#include "ecg_lora/model/mllama/quantisation.h"

namespace ecg_lora::model {
namespace {

const char* const kChecksumsName = "checksums";

std::uint64_t mixed(std::uint64_t sum, std::uint64_t word) {
  return std::rotl(sum ^ word, 29) * 0x9e3779b97f4a7c15U;  // odd: no two words give one sum
}

/// FNV-1a's step with a rotation, on words of 64 bits in eight lanes, which runs at the speed of
/// memory; SHA-256 would take longer than reading. Any single changed word changes the sum.
std::uint64_t part_sum(const char* bytes, std::size_t size) {
  std::array<std::uint64_t, 8> lanes{1, 2, 3, 4, 5, 6, 7, 8};
  std::size_t at = 0;
  for (; at + sizeof lanes <= size; at += sizeof lanes) {
    std::array<std::uint64_t, 8> words;
    std::memcpy(words.data(), bytes + at, sizeof words);
    for (std::size_t i = 0; i < lanes.size(); ++i) lanes[i] = mixed(lanes[i], words[i]);
  }
  std::uint64_t sum = size;
  for (const auto lane : lanes) sum = mixed(sum, lane);
  for (; at < size; ++at) sum = mixed(sum, static_cast<unsigned char>(bytes[at]));
  return sum;
}

std::uint64_t checksum(const at::Tensor& tensor) {
  constexpr std::int64_t part = 1 << 20;
  const auto size = static_cast<std::int64_t>(tensor.nbytes());
  const auto* bytes = static_cast<const char*>(tensor.const_data_ptr());
  std::vector<std::uint64_t> sums(static_cast<std::size_t>((size + part - 1) / part));
  at::parallel_for(0, static_cast<std::int64_t>(sums.size()), 1, [&](auto begin, auto end) {
    for (auto i = begin; i < end; ++i)
      sums[static_cast<std::size_t>(i)] =
          part_sum(bytes + i * part, static_cast<std::size_t>(std::min(part, size - i * part)));
  });
  std::uint64_t result = 0;
  for (const auto sum : sums) result = mixed(result, sum);
  return result;
}

std::int64_t checksum(const std::vector<at::Tensor>& tensors) {
  std::uint64_t result = 0;
  for (const auto& tensor : tensors) result = mixed(result, checksum(tensor));
  return std::bit_cast<std::int64_t>(result);
}

std::vector<tensorio::TensorInfo> tensors_of(const CodesLayout& layout) {
  std::vector<tensorio::TensorInfo> result;
  for (const auto& weight : layout.weights)
    for (const auto& buffer : nn::quantised_buffers(layout.kind, weight.out, weight.in))
      result.push_back({weight.name + "." + buffer.name, buffer.dtype, buffer.shape, 0, 0});
  const auto count = static_cast<std::int64_t>(layout.weights.size());
  result.push_back({kChecksumsName, at::kLong, {count}, 0, 0});
  return result;
}

std::map<std::string, std::string> metadata_of(const CodesLayout& layout) {
  return {{"format", "pt"}, {"base_quantisation", to_string(layout.kind)}, {"key", layout.key}};
}

void require_layout(const tensorio::SafetensorsFile& file, const CodesLayout& layout) {
  const auto expected = tensors_of(layout);
  const auto& found = file.tensors();
  bool same = file.metadata() == metadata_of(layout) && found.size() == expected.size();
  for (std::size_t i = 0; same && i < found.size(); ++i)
    same = found[i].name == expected[i].name && found[i].dtype == expected[i].dtype &&
           found[i].shape == expected[i].shape;
  if (!same)
    throw_checkpoint(file.path().string(),
                     " does not hold the codes that its name says, expected those of this base; "
                     "remove it");
}

}  // namespace

std::int64_t CodesLayout::bytes() const {
  std::int64_t result = 0;
  for (const auto& weight : weights) result += nn::quantised_bytes(kind, weight.out, weight.in);
  return result;
}

CodesReader::CodesReader(const std::filesystem::path& path, CodesLayout layout)
    : file_(path), layout_(std::move(layout)) {
  require_layout(file_, layout_);
  checksums_ = file_.tensor(kChecksumsName);
}

std::vector<std::string> CodesReader::names(std::size_t index) const {
  const auto& weight = layout_.weights.at(index);
  std::vector<std::string> result;
  for (const auto& buffer : nn::quantised_buffers(layout_.kind, weight.out, weight.in))
    result.push_back(weight.name + "." + buffer.name);
  return result;
}

std::uint64_t CodesReader::bytes(std::size_t index) const {
  const auto& weight = layout_.weights.at(index);
  return static_cast<std::uint64_t>(nn::quantised_bytes(layout_.kind, weight.out, weight.in));
}

void CodesReader::prefetch(std::size_t index) const {
  for (const auto& name : names(index)) file_.prefetch(name);
}

std::shared_ptr<nn::QuantisedImpl> CodesReader::read(std::size_t index, at::Device device) const {
  const auto& weight = layout_.weights.at(index);
  std::vector<at::Tensor> buffers;
  for (const auto& name : names(index)) {
    buffers.push_back(file_.tensor(name).clone());
    file_.release_pages(name);
  }
  if (checksum(buffers) != checksums_.const_data_ptr<std::int64_t>()[index]) return nullptr;
  return std::make_shared<nn::QuantisedImpl>(layout_.kind, weight.out, weight.in, buffers, device);
}

CodesWriter::CodesWriter(const std::filesystem::path& path, const CodesLayout& layout)
    : writer_(path, tensors_of(layout), metadata_of(layout)) {}

void CodesWriter::write(const nn::QuantisedImpl& weight) {
  std::vector<at::Tensor> buffers;
  for (const auto& buffer : weight.named_buffers(/*recurse=*/false))
    buffers.push_back(buffer.value().cpu().contiguous());
  for (const auto& buffer : buffers) writer_.write(buffer);
  checksums_.push_back(checksum(buffers));
}

void CodesWriter::finish() {
  writer_.write(at::tensor(checksums_, at::kLong));
  writer_.finish();
}

}  // namespace ecg_lora::model
