// The visitors behind load(), dump() and help().
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ecg_lora/base/json.h"
#include "ecg_lora/config/check.h"
#include "ecg_lora/config/values.h"

namespace ecg_lora::config {

/// Reads JSON with comments and applies `sets` in order. Throws a usage error if the file is
/// missing or damaged, or a set is none.
Json read_config(const std::filesystem::path& path, const std::vector<std::string>& sets);

/// Applies "section.key=value" to `config`; the value is JSON if it parses as such, else text.
/// Usage error for a set without "=", or below a value that is no section.
void apply_set(Json& config, const std::string& set);

/// Fills a config from JSON and collects every problem.
class Loader {
 public:
  /// `prefix` is the path of `value` within the whole config, "" or "section.".
  Loader(const Json& value, std::string prefix);

  template <class T>
  Check<T> field(const std::string& name, T& value, const std::string& /*help*/) {
    if (const Json* json = take(name)) {
      if (const auto problem = assign(*json, value); !problem.empty()) {
        problems_.push_back(prefix_ + name + ": " + problem);
        return Check<T>(value, nullptr);
      }
    }
    return Check<T>(value, [this, name](const std::string& rule, const std::string& got) {
      if (!got.empty()) problems_.push_back(prefix_ + name + ": expected " + rule + ", got " + got);
    });
  }

  template <class S>
  void section(const std::string& name, S& value, const std::string& /*help*/) {
    static const Json kAbsent = Json::object();
    const Json* json = take(name);
    Loader loader(json ? *json : kAbsent, prefix_ + name + ".");
    value.visit(loader);
    absorb(std::move(loader));
  }

  /// Throws one usage error that lists every problem; `origin` names the config.
  void finish(const std::string& origin);

 private:
  /// Notes that `name` is known; its value, or nullptr if the config leaves it out.
  const Json* take(const std::string& name);
  void note_unknown_keys();
  void absorb(Loader&& section);

  const Json& value_;
  std::string prefix_;
  std::vector<std::string> names_;    ///< declared at this level
  std::vector<std::string> known_;    ///< full paths, this level and below
  std::vector<std::string> unknown_;  ///< full paths
  std::vector<std::string> problems_;
};

/// Collects the resolved config.
class Dumper {
 public:
  template <class T>
  Check<T> field(const std::string& name, const T& value, const std::string& /*help*/) {
    json_[name] = value;
    return Check<T>(value, nullptr);
  }

  template <class S>
  void section(const std::string& name, S& value, const std::string& /*help*/) {
    Dumper dumper;
    value.visit(dumper);
    json_[name] = dumper.take();
  }

  Json take() { return std::move(json_); }

 private:
  Json json_ = Json::object();
};

/// Collects one line per field: path, type, default, help and rules.
class Helper {
 public:
  explicit Helper(std::string prefix = "") : prefix_(std::move(prefix)) {}

  template <class T>
  Check<T> field(const std::string& name, const T& value, const std::string& help) {
    rows_.push_back({prefix_ + name, type_name(value), Json(value).dump(), help});
    return Check<T>(value,
                    [this, row = rows_.size() - 1](const std::string& rule, const std::string&) {
                      rows_[row].help += "; " + rule;
                    });
  }

  template <class S>
  void section(const std::string& name, S& value, const std::string& help) {
    rows_.push_back({prefix_ + name, "section", "", help});
    Helper helper(prefix_ + name + ".");
    value.visit(helper);
    rows_.insert(rows_.end(), helper.rows_.begin(), helper.rows_.end());
  }

  /// The lines, aligned.
  std::string take() const;

 private:
  struct Row {
    std::string name, type, value, help;
  };
  std::string prefix_;
  std::vector<Row> rows_;
};

}  // namespace ecg_lora::config
