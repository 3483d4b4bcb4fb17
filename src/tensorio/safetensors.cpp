#include "ecg_lora/tensorio/safetensors.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <unordered_map>

#include "ecg_lora/base/error.h"
#include "header.h"

namespace ecg_lora::tensorio {

/// The mapped file. Private and writable in memory, because at::Tensor has no read-only storage; the file is never changed.
struct SafetensorsFile::Mapping {
  std::filesystem::path path;
  char* bytes = nullptr;
  std::size_t size = 0;
  Header header;
  std::unordered_map<std::string, std::size_t> index;

  explicit Mapping(const std::filesystem::path& file) : path(file) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status {};
    if (descriptor < 0 || ::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
      const std::string reason = descriptor < 0 ? std::strerror(errno) : "it is not a file";
      if (descriptor >= 0) ::close(descriptor);
      throw_checkpoint("cannot open ", file.string(), " (", reason, "), expected a safetensors file; check the path");
    }
    size = static_cast<std::size_t>(status.st_size);
    void* address = size ? ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, descriptor, 0) : nullptr;
    ::close(descriptor);
    if (address == MAP_FAILED) throw_checkpoint("cannot map ", file.string(), " (", std::strerror(errno), "); free memory and try again");
    bytes = static_cast<char*>(address);
  }
  ~Mapping() {
    if (bytes) ::munmap(bytes, size);
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
};

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path) : mapping_(std::make_shared<Mapping>(path)) {
  mapping_->header = parse_header(std::string_view(mapping_->bytes, mapping_->size), path.string());
  const auto& tensors = mapping_->header.tensors;
  for (std::size_t i = 0; i < tensors.size(); ++i) mapping_->index[tensors[i].name] = i;
}

SafetensorsFile::~SafetensorsFile() = default;

const std::filesystem::path& SafetensorsFile::path() const { return mapping_->path; }
const std::vector<TensorInfo>& SafetensorsFile::tensors() const { return mapping_->header.tensors; }
const std::map<std::string, std::string>& SafetensorsFile::metadata() const { return mapping_->header.metadata; }
bool SafetensorsFile::has(const std::string& name) const { return mapping_->index.count(name) != 0; }

at::Tensor SafetensorsFile::tensor(const std::string& name) const {
  const auto found = mapping_->index.find(name);
  if (found == mapping_->index.end())
    throw_checkpoint(mapping_->path.string(), " has no tensor ", name, " among its ", mapping_->index.size(), "; use the file that belongs here");
  const auto& info = mapping_->header.tensors[found->second];
  char* data = mapping_->bytes + mapping_->header.data_begin + info.begin;
  const auto options = at::TensorOptions().dtype(info.dtype);
  if (reinterpret_cast<std::uintptr_t>(data) % c10::elementSize(info.dtype) == 0 && info.end > info.begin)
    return at::from_blob(data, info.shape, [mapping = mapping_](void*) {}, options);
  auto copy = at::empty(info.shape, options);  // A header of odd length leaves the data unaligned.
  if (info.end > info.begin) std::memcpy(copy.mutable_data_ptr(), data, info.end - info.begin);
  return copy;
}

void SafetensorsFile::forget_pages(const std::string& name) const {
  const auto& info = mapping_->header.tensors[mapping_->index.at(name)];
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = (mapping_->header.data_begin + info.begin + page - 1) / page * page, end = (mapping_->header.data_begin + info.end) / page * page;
  if (begin < end) ::madvise(mapping_->bytes + begin, end - begin, MADV_DONTNEED);
}

}  // namespace ecg_lora::tensorio
