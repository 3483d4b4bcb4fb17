#include "ecg_lora/tensorio/pth.h"

#include <caffe2/serialize/inline_container.h>

#include <cstring>
#include <map>
#include <unordered_map>

#include "ecg_lora/base/error.h"
#include "mapped_file.h"
#include "pickle.h"
#include "zip_stored.h"

namespace ecg_lora::tensorio {
namespace {

constexpr std::uint64_t kLargestPickle = 100'000'000;  ///< bytes of names and shapes
constexpr std::uint64_t kLongestWord = 64;             ///< bytes of the name of a byte order

at::ScalarType dtype_of(const PickledTensor& tensor, const std::string& origin) {
  static const std::map<std::string, at::ScalarType> kTypes = {
      {"FloatStorage", at::kFloat}, {"BFloat16Storage", at::kBFloat16},
      {"HalfStorage", at::kHalf},   {"DoubleStorage", at::kDouble},
      {"LongStorage", at::kLong},   {"IntStorage", at::kInt},
      {"ShortStorage", at::kShort}, {"CharStorage", at::kChar},
      {"ByteStorage", at::kByte},   {"BoolStorage", at::kBool}};
  const auto found = kTypes.find(tensor.type);
  if (found == kTypes.end())
    throw_checkpoint(
        origin, ": tensor ", tensor.name, " lies in a ", tensor.type,
        ", expected floating-point or integer numbers; convert it and save the file again");
  return found->second;
}

using Archive = caffe2::serialize::PyTorchStreamReader;

/// First line of a message of libtorch, whose rest is a stack trace.
std::string first_line(const c10::Error& error) {
  const std::string text = error.what_without_backtrace();
  return text.substr(0, text.find('\n'));
}

/// Elements from the first to behind the last; the bound keeps the product of hostile sizes in
/// range.
std::uint64_t span(const PickledTensor& tensor) {
  constexpr auto bound = std::uint64_t{1} << 60;
  std::uint64_t last = 0;
  for (std::size_t d = 0; d < tensor.shape.size(); ++d) {
    const auto size = static_cast<std::uint64_t>(tensor.shape[d]),
               stride = static_cast<std::uint64_t>(tensor.stride[d]);
    if (size == 0) return 0;
    if (stride > 0 && size - 1 > (bound - last) / stride) return bound;
    last += (size - 1) * stride;
  }
  return last + 1;
}

/// Where a record's bytes lie, stored as they are.
struct Record {
  std::uint64_t begin, size;
};

Record find_record(Archive& archive, const MappedFile& file, const std::string& name) {
  if (!archive.hasRecord(name))
    throw_checkpoint(file.path().string(), " is damaged: it has no record ", name,
                     "; copy or download the file again");
  const Record record{archive.getRecordOffset(name), archive.getRecordSize(name)};
  if (record.begin > file.size() || record.size > file.size() - record.begin)
    throw_checkpoint(file.path().string(), " is damaged: record ", name,
                     " lies beyond its end; copy or download the file again");
  return record;
}

}  // namespace

struct PthFile::Contents : MappedFile {
  explicit Contents(const std::filesystem::path& path)
      : MappedFile(path, "a file of torch.save()") {}
  std::vector<PthTensor> tensors;
  std::unordered_map<std::string, std::size_t> index;

  void read() {
    if (bytes().substr(0, 4) != "PK\3\4")
      throw_checkpoint(path().string(),
                       " is no zip archive, expected a file of torch.save() of torch 1.6 or later; "
                       "save it again with a present torch");
    check_stored(bytes(), path().string());
    Archive archive(path().string());
    if (archive.hasRecord("byteorder") &&
        small_record(archive, "byteorder", kLongestWord) != "little")
      throw_checkpoint(path().string(),
                       " holds numbers in big-endian order, expected little-endian; save it again "
                       "on this kind of machine");
    if (!archive.hasRecord("data.pkl"))
      throw_checkpoint(
          path().string(),
          " has no data.pkl of a state dict; save it with torch.save(model.state_dict(), path)");
    const auto pickle = small_record(archive, "data.pkl", kLargestPickle);
    for (const auto& pickled : parse_state_dict(pickle, path().string())) {
      if (!index.emplace(pickled.name, tensors.size()).second)
        throw_checkpoint(path().string(), " holds ", pickled.name, " twice; save the file again");
      tensors.push_back(locate(archive, pickled));
    }
  }
  /// The bytes of a record as they lie in the file: nothing is inflated, and a size beyond `most`
  /// is damage.
  std::string_view small_record(Archive& archive, const char* name, std::uint64_t most) const {
    const auto record = find_record(archive, *this, name);
    if (record.size > most)
      throw_checkpoint(path().string(), ": record ", name, " has ", record.size,
                       " bytes, expected at most ", most, "; save the file again with torch");
    return bytes().substr(record.begin, record.size);
  }
  PthTensor locate(Archive& archive, const PickledTensor& tensor) const {
    const auto record = find_record(archive, *this, "data/" + tensor.storage);
    const auto dtype = dtype_of(tensor, path().string());
    const auto width = c10::elementSize(dtype), elements = record.size / width;
    const auto offset = static_cast<std::uint64_t>(tensor.offset), needed = span(tensor);
    if (offset > elements || needed > elements - offset)
      throw_checkpoint(path().string(), " is damaged: tensor ", tensor.name,
                       " reaches beyond its storage of ", record.size,
                       " bytes; copy or download the file again");
    const auto begin = record.begin + offset * width;
    return {tensor.name, dtype, tensor.shape, tensor.stride, begin, begin + needed * width};
  }
};

PthFile::PthFile(const std::filesystem::path& path) : contents_(std::make_shared<Contents>(path)) {
  try {
    contents_->read();
  } catch (const c10::Error& error) {
    throw_checkpoint(path.string(), " is damaged (", first_line(error),
                     "); copy or download the file again");
  }
}

PthFile::~PthFile() = default;

const std::filesystem::path& PthFile::path() const {
  return contents_->path();
}
const std::vector<PthTensor>& PthFile::tensors() const {
  return contents_->tensors;
}

const PthTensor* PthFile::find(const std::string& name) const {
  const auto found = contents_->index.find(name);
  return found == contents_->index.end() ? nullptr : &contents_->tensors[found->second];
}

at::Tensor PthFile::tensor(const std::string& name) const {
  const auto& info = contents_->tensors[contents_->index.at(name)];
  const auto options = at::TensorOptions().dtype(info.dtype);
  if (info.end == info.begin) return at::empty(info.shape, options);
  char* data = contents_->data() + info.begin;
  if (reinterpret_cast<std::uintptr_t>(data) % c10::elementSize(info.dtype) == 0)
    return at::from_blob(data, info.shape, info.stride, [contents = contents_](void*) {}, options);
  auto copy = at::empty(
      {static_cast<std::int64_t>((info.end - info.begin) / c10::elementSize(info.dtype))}, options);
  std::memcpy(copy.mutable_data_ptr(), data, info.end - info.begin);
  return copy.as_strided(info.shape, info.stride);
}

void PthFile::release_pages(const std::string& name) const {
  const auto& info = contents_->tensors[contents_->index.at(name)];
  contents_->forget(info.begin, info.end);
}

void PthFile::prefetch(const std::string& name) const {
  const auto& info = contents_->tensors[contents_->index.at(name)];
  contents_->prefetch(info.begin, info.end);
}

}  // namespace ecg_lora::tensorio
