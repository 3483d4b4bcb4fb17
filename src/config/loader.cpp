#include <algorithm>
#include <iterator>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/suggest.h"
#include "ecg_lora/config/visitors.h"

namespace ecg_lora::config {

namespace {

std::string last_part(const std::string& path) {
  return path.substr(path.rfind('.') + 1);
}

/// The nearest path; a key that only stands in the wrong section counts as near.
std::string nearest_path(const std::string& path, const std::vector<std::string>& known) {
  std::string best;
  std::size_t best_distance = std::string::npos;
  for (const auto& candidate : known) {
    const auto distance = std::min(edit_distance(path, candidate),
                                   edit_distance(last_part(path), last_part(candidate)) + 1);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

template <class T>
void append(std::vector<T>& to, std::vector<T>&& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

}  // namespace

Loader::Loader(const Json& value, std::string prefix) : value_(value), prefix_(std::move(prefix)) {
  if (value_.is_object()) return;
  const auto where = prefix_.empty() ? "the config" : prefix_.substr(0, prefix_.size() - 1);
  problems_.push_back(where + ": expected an object in braces, got " + value_.dump().substr(0, 80));
}

const Json* Loader::take(const std::string& name) {
  names_.push_back(name);
  known_.push_back(prefix_ + name);
  if (!value_.is_object()) return nullptr;
  const auto found = value_.find(name);
  return found == value_.end() ? nullptr : &*found;
}

void Loader::note_unknown_keys() {
  if (!value_.is_object()) return;
  for (const auto& [key, ignored] : value_.items()) {
    if (std::find(names_.begin(), names_.end(), key) == names_.end())
      unknown_.push_back(prefix_ + key);
  }
}

void Loader::absorb(Loader&& section) {
  section.note_unknown_keys();
  append(known_, std::move(section.known_));
  append(unknown_, std::move(section.unknown_));
  append(problems_, std::move(section.problems_));
}

void Loader::finish(const std::string& origin) {
  note_unknown_keys();
  std::string list;
  const auto add = [&](const std::string& problem) {
    list += (list.empty() ? "" : "; ") + problem;
  };
  for (const auto& path : unknown_) {
    add("unknown key '" + path + "' (nearest: '" + nearest_path(path, known_) + "')");
  }
  for (const auto& problem : problems_) add(problem);
  if (!list.empty()) throw_usage(origin, ": ", list, "; --help-config lists every key");
}

}  // namespace ecg_lora::config
