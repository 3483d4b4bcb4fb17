#include "ecg_lora/base/resumable_lines.h"

#include <algorithm>
#include <cerrno>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json_differences.h"
#include "ecg_lora/base/json_text.h"
#include "ecg_lora/base/log.h"

namespace ecg_lora {
namespace {

std::vector<std::string> complete_lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t from = 0, end; (end = text.find('\n', from)) != std::string::npos;
       from = end + 1)
    lines.push_back(text.substr(from, end - from));
  return lines;
}

}  // namespace

ResumableLines::ResumableLines(std::filesystem::path path, const Json& identity, bool accept)
    : accept_(accept), path_(std::move(path)), head_(json_text({{"unfinished", identity}})) {
  if (std::filesystem::exists(path_)) found_ = complete_lines(read_file(path_));
  if (found_.empty()) return;
  check(found_.front(), identity);
  found_.erase(found_.begin());
}

void ResumableLines::check(const std::string& first, const Json& identity) const {
  Json of;
  try {
    of = Json::parse(first).at("unfinished");
  } catch (const nlohmann::json::exception&) {
    throw_data(path_.string(),
               " does not begin with a line that says which work it is of; remove it");
  }
  if (json_text(of) == json_text(identity)) return;
  const auto keys = differences(identity, of);
  if (accept_)
    return log_warn(cat(path_.string(), " is gone on with, though it was begun with other ", keys,
                        ": its answers are those of neither alone"));
  throw_usage(path_.string(), " is of other work, which differs in ", keys,
              ", expected that of this config, model, adapter and data; choose another output, "
              "remove it to start again, or add --accept-changes");
}

void ResumableLines::keep(std::size_t lines) {
  std::string text = head_ + "\n";
  for (std::size_t i = 0; i < lines && i < found_.size(); ++i) text += found_[i] + "\n";
  found_.resize(std::min(lines, found_.size()));
  // Whole or not at all: a kill leaves the old file, from which the same lines are kept again.
  write_file(path_, text);
  out_.open(path_, std::ios::binary | std::ios::app);
  if (!out_) throw_write(path_, errno);
}

void ResumableLines::append(const std::string& lines) {
  out_ << lines << std::flush;
  if (!out_) throw_write(path_, errno);
}

std::string ResumableLines::text() const {
  const auto all = read_file(path_);
  return all.substr(all.find('\n') + 1);
}

}  // namespace ecg_lora
