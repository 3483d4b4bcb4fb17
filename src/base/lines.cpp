#include "ecg_lora/base/lines.h"

#include "ecg_lora/base/file.h"
#include "ecg_lora/base/size_limit.h"

namespace ecg_lora {
namespace {

/// Appends to `line` up to the next '\n', which is taken, or up to `most` bytes in all. False if
/// neither a byte nor an end of line was left.
bool read_line(std::streambuf& in, std::string& line, std::size_t most) {
  constexpr int end = std::char_traits<char>::eof();
  line.clear();
  int c = in.sbumpc();
  if (c == end) return false;
  for (; c != end && c != '\n'; c = in.sbumpc()) {
    line.push_back(static_cast<char>(c));
    if (line.size() == most) break;
  }
  return true;
}

}  // namespace

LineReader::LineReader(const std::filesystem::path& path) : path_(path), in_(open_file(path)) {
  check_size(path, std::filesystem::file_size(path));
}

bool LineReader::next(std::string& line) {
  if (!read_line(*in_.rdbuf(), line, kLongestLine)) return false;
  ++number_;
  if (line.size() >= kLongestLine)
    throw_data(path_.string(), " line ", number_, " has more than ", kLongestLine >> 20,
               " MiB, expected a line of text; name another file");
  return true;
}

std::string first_line(const std::filesystem::path& path, std::size_t most, ExitCode kind) {
  auto in = open_file(path, kind);
  std::string line;
  read_line(*in.rdbuf(), line, most);
  return line;
}

}  // namespace ecg_lora
