#include "zip_stored.h"

#include <cstdint>
#include <cstring>

#include "ecg_lora/base/error.h"

namespace ecg_lora::tensorio {
namespace {

constexpr std::size_t kEndSize = 22, kLocatorSize = 20, kHeaderSize = 46;
constexpr std::size_t kLongestComment = 0xffff;

/// Little-endian fields of the archive; a place beyond its end is damage.
class Fields {
 public:
  Fields(std::string_view bytes, const std::string& origin) : bytes_(bytes), origin_(origin) {}

  template <class Number>
  Number number(std::uint64_t at) const {
    if (at > bytes_.size() || bytes_.size() - at < sizeof(Number)) damaged();
    Number value;
    std::memcpy(&value, bytes_.data() + at, sizeof value);
    return value;
  }
  bool is_at(std::uint64_t at, std::string_view signature) const {
    return at <= bytes_.size() && bytes_.substr(at, signature.size()) == signature;
  }
  std::uint64_t size() const { return bytes_.size(); }
  [[noreturn]] void damaged() const {
    throw_checkpoint(origin_,
                     " is damaged: it has no whole directory of a zip archive at its end; "
                     "copy or download the file again");
  }

 private:
  std::string_view bytes_;
  const std::string& origin_;
};

/// Place of the record that ends the archive, behind which there is only a comment.
std::uint64_t find_end(const Fields& in) {
  if (in.size() < kEndSize) in.damaged();
  for (std::uint64_t at = in.size() - kEndSize;; --at) {
    if (in.is_at(at, "PK\5\6")) return at;
    if (at == 0 || in.size() - at > kEndSize + kLongestComment) in.damaged();
  }
}

struct Directory {
  std::uint64_t at, entries;
};

Directory find_directory(const Fields& in) {
  const auto end = find_end(in);
  if (end >= kLocatorSize && in.is_at(end - kLocatorSize, "PK\6\7")) {
    const auto end64 = in.number<std::uint64_t>(end - kLocatorSize + 8);
    if (!in.is_at(end64, "PK\6\6")) in.damaged();
    return {in.number<std::uint64_t>(end64 + 48), in.number<std::uint64_t>(end64 + 32)};
  }
  return {in.number<std::uint32_t>(end + 16), in.number<std::uint16_t>(end + 10)};
}

/// Bytes that the entry whose header is at `at` claims to have: in the header, or, beyond 4 GiB, in
/// the field of number 1 behind it.
std::uint64_t claimed_size(const Fields& in, std::uint64_t at, std::uint64_t name,
                           std::uint64_t extra) {
  constexpr std::uint32_t in_extra = 0xffffffff;
  if (const auto size = in.number<std::uint32_t>(at + 24); size != in_extra) return size;
  for (auto field = at + kHeaderSize + name, end = field + extra; field + 4 <= end;) {
    if (in.number<std::uint16_t>(field) == 1) return in.number<std::uint64_t>(field + 4);
    field += std::uint64_t{4} + in.number<std::uint16_t>(field + 2);
  }
  in.damaged();
}

}  // namespace

void check_stored(std::string_view bytes, const std::string& origin) {
  const Fields in(bytes, origin);
  auto [at, entries] = find_directory(in);
  for (; entries > 0; --entries) {
    if (!in.is_at(at, "PK\1\2")) in.damaged();
    const auto name = in.number<std::uint16_t>(at + 28), extra = in.number<std::uint16_t>(at + 30),
               comment = in.number<std::uint16_t>(at + 32);
    if (in.number<std::uint16_t>(at + 10) != 0)
      throw_checkpoint(origin, " holds ", bytes.substr(at + kHeaderSize, name),
                       " compressed, expected it as torch.save() writes it; save the file again "
                       "with torch");
    if (claimed_size(in, at, name, extra) > in.size()) in.damaged();
    at += kHeaderSize + name + extra + comment;
  }
}

}  // namespace ecg_lora::tensorio
