#include "ecg_lora/train/logging/metrics_log.h"

#include <cerrno>
#include <fstream>
#include <sstream>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json_text.h"

namespace ecg_lora::train {

namespace fs = std::filesystem;

std::vector<Json> read_metrics(const fs::path& file) {
  const auto text = read_file(file);
  std::istringstream in(text.substr(0, text.rfind('\n') + 1));  // npos + 1 is 0
  std::vector<Json> lines;
  for (std::string line; std::getline(in, line);) {
    auto json = Json::parse(line, nullptr, false);
    if (!json.is_object() || !json.contains("step") || !json["step"].is_number_integer())
      throw_data(file.string(), ": line ", lines.size() + 1,
                 " is damaged, expected a JSON object with a step; correct or remove the line");
    lines.push_back(std::move(json));
  }
  return lines;
}

std::vector<Json> MetricsLog::lines() const {
  return fs::exists(file_) ? read_metrics(file_) : std::vector<Json>();
}

void MetricsLog::cut_after(std::int64_t step) {
  if (!fs::exists(file_)) return;
  std::string text;
  for (const auto& line : lines())
    if (line["step"].get<std::int64_t>() <= step) text += line.dump() + "\n";
  write_file(file_, text);
}

void MetricsLog::append(const Json& line) {
  std::error_code none;
  const auto size = fs::exists(file_) ? fs::file_size(file_, none) : 0;
  errno = 0;
  std::ofstream out(file_, std::ios::app);
  out << json_text(line) << "\n";
  if (out.flush()) return;
  const int code = errno;
  out.close();
  fs::resize_file(file_, size, none);  // of what was begun
  throw_write(file_, code);
}

}  // namespace ecg_lora::train
