// Typed configs whose fields are declared once: loading, --set, dumping, help and validation all
// derive from `visit`.
//
//   struct PageConfig {
//     double px_per_mm = 4;
//     template <class V> void visit(V& v) {
//       v.field("px_per_mm", px_per_mm, "resolution, px/mm").range(1, 40);
//     }
//   };
//
// A visitor offers field(name, value, help) -> a Check of that field (range, one_of, not_empty),
// and section(name, struct, help) for a nested struct. Field types: bool, int, std::int64_t,
// double, std::string, std::vector<std::string>, std::vector<int>.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ecg_lora/base/json.h"
#include "ecg_lora/config/visitors.h"

namespace ecg_lora::config {

/// Fills a C from `value`; `origin` names it in errors. Every unknown key, wrong type and failed
/// check is reported in one usage error, with the nearest known key.
template <class C>
C from_json(const Json& value, const std::string& origin) {
  C result;
  Loader loader(value, "");
  result.visit(loader);
  loader.finish(origin);
  return result;
}

/// Reads `path` (JSON with comments), applies `sets` ("section.key=value", value as JSON or else as
/// text), and fills a C as from_json() does.
template <class C>
C load(const std::filesystem::path& path, const std::vector<std::string>& sets = {}) {
  return from_json<C>(read_config(path, sets), path.string());
}

/// The resolved config.
template <class C>
Json dump(const C& value) {
  Dumper dumper;
  C copy = value;
  copy.visit(dumper);
  return dumper.take();
}

/// One line per field: name, type, default, help.
template <class C>
std::string help() {
  C defaults;
  Helper helper;
  defaults.visit(helper);
  return helper.take();
}

}  // namespace ecg_lora::config
