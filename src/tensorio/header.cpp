#include "header.h"

#include <algorithm>
#include <cstring>

#include "dtype.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/json.h"

namespace ecg_lora::tensorio {
namespace {

constexpr std::uint64_t kLargestHeader = 100'000'000;  ///< the reference library's limit

template <class... Args>
[[noreturn]] void damaged(const std::string& origin, const Args&... what) {
  throw_checkpoint(origin, " is damaged: ", what..., "; copy or download the file again");
}

std::uint64_t read_length(std::string_view bytes, const std::string& origin) {
  if (bytes.size() < 8)
    damaged(origin, "expected at least 8 bytes of header length, got ", bytes.size());
  std::uint64_t length = 0;
  for (int i = 7; i >= 0; --i)
    length = length << 8 | static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
  if (length > kLargestHeader || length > bytes.size() - 8)
    damaged(origin, "its header claims ", length, " bytes, but the file has ", bytes.size() - 8,
            " after the length");
  return length;
}

Json parse_header_json(std::string_view text, const std::string& origin) {
  try {
    auto json = parse_json(text, origin + " (header)");
    if (!json.is_object()) damaged(origin, "its header is no JSON object");
    return json;
  } catch (const Error& error) {
    if (error.code() == ExitCode::checkpoint) throw;
    damaged(origin, "its header is not JSON (", error.what(), ")");
  }
}

/// Bytes that `info` must have; damaged if the product of its shape is beyond all bounds.
std::uint64_t expected_bytes(const TensorInfo& info, const std::string& origin) {
  std::uint64_t bytes = c10::elementSize(info.dtype);
  for (const auto size : info.shape) {
    if (size < 0 ||
        (size > 0 && bytes > (std::uint64_t{1} << 60) / static_cast<std::uint64_t>(size)))
      damaged(origin, "tensor ", info.name, " has an impossible shape");
    bytes *= static_cast<std::uint64_t>(size);
  }
  return bytes;
}

TensorInfo parse_tensor(const std::string& name, const Json& json, const std::string& origin) {
  TensorInfo info;
  info.name = name;
  try {
    const auto type = json.at("dtype").get<std::string>();
    const auto dtype = dtype_of(type);
    if (!dtype)
      throw_checkpoint(origin, ": tensor ", name, " has dtype ", type,
                       ", expected F64, F32, F16, BF16 or an integer type; convert the file");
    info.dtype = *dtype;
    for (const auto& size : json.at("shape"))
      if (!size.is_number_integer())
        damaged(origin, "the shape of tensor ", name, " holds ", size.dump());
    info.shape = json.at("shape").get<std::vector<std::int64_t>>();
    const auto offsets = json.at("data_offsets").get<std::vector<std::uint64_t>>();
    if (offsets.size() != 2 || offsets[0] > offsets[1])
      damaged(origin, "tensor ", name, " has impossible data_offsets");
    info.begin = offsets[0];
    info.end = offsets[1];
  } catch (const nlohmann::json::exception&) {
    damaged(origin, "tensor ", name, " lacks a dtype, shape or data_offsets of the right type");
  }
  const auto bytes = expected_bytes(info, origin);
  if (info.end - info.begin != bytes)
    damaged(origin, "tensor ", name, " needs ", bytes,
            " bytes for its shape, but its data_offsets span ", info.end - info.begin);
  return info;
}

void check_layout(const Header& header, std::uint64_t size, const std::string& origin) {
  std::uint64_t expected = 0;
  for (const auto& info : header.tensors) {
    if (info.begin != expected)
      damaged(origin, "tensor ", info.name, " begins at byte ", info.begin,
              " of the data, expected ", expected);
    expected = info.end;
  }
  if (expected != size)
    damaged(origin, "its tensors need ", expected, " bytes of data, got ", size);
}

}  // namespace

Header parse_header(std::string_view bytes, const std::string& origin) {
  const auto length = read_length(bytes, origin);
  const auto json = parse_header_json(bytes.substr(8, length), origin);
  Header header;
  header.data_begin = 8 + length;
  for (const auto& [name, value] : json.items()) {
    if (name != "__metadata__") {
      header.tensors.push_back(parse_tensor(name, value, origin));
      continue;
    }
    for (const auto& [key, text] : value.items())
      if (text.is_string()) header.metadata[key] = text.get<std::string>();
  }
  std::stable_sort(header.tensors.begin(), header.tensors.end(), [](const auto& a, const auto& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  check_layout(header, bytes.size() - header.data_begin, origin);
  return header;
}

}  // namespace ecg_lora::tensorio
