#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json_text.h"
#include "ecg_lora/config/visitors.h"

namespace ecg_lora::config {

namespace {

Json parse_value(const std::string& text) {
  try {
    return parse_json(text, "");
  } catch (const Error&) {
    return text;
  }
}

}  // namespace

void apply_set(Json& config, const std::string& set) {
  const auto equals = set.find('=');
  const auto path = set.substr(0, equals);
  if (!is_utf8(set))
    throw_usage("--set '", set, "' is not UTF-8, as config files are; name paths of UTF-8 text");
  if (equals == std::string::npos || path.empty() || path.front() == '.' || path.back() == '.') {
    throw_usage("--set '", set, "': expected key=value or section.key=value");
  }
  Json* at = &config;
  for (std::size_t start = 0;;) {
    if (!at->is_object()) {
      throw_usage("--set '", set, "': expected '", path.substr(0, start ? start - 1 : 0),
                  "' to be a section, got ", at->dump().substr(0, 80));
    }
    const auto dot = path.find('.', start);
    at = &(*at)[path.substr(start, dot - start)];
    if (dot == std::string::npos) break;
    if (at->is_null()) *at = Json::object();
    start = dot + 1;
  }
  *at = parse_value(set.substr(equals + 1));
}

Json read_config(const std::filesystem::path& path, const std::vector<std::string>& sets) {
  Json config;
  try {
    config = read_json(path);
  } catch (const Error& error) {
    throw_usage("config ", error.what());
  }
  for (const auto& set : sets) apply_set(config, set);
  return config;
}

}  // namespace ecg_lora::config
