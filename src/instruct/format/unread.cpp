#include "ecg_lora/instruct/format/unread.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/join.h"
#include "markers.h"

namespace ecg_lora::instruct {
namespace {

/// Read by read_item.
constexpr std::array<std::string_view, 13> kRead{
    "id",       "sample_id", "question_id",   "No",           "image",
    "images",   "ecg",       "conversations", "conversation", "messages",
    "question", "answer",    "question_type"};
/// Of ECGInstruct, ECG-QA, ECGBench, ECG-Reasoning-Benchmark and LLaVA's kin: where an item comes
/// from.
constexpr std::array<std::string_view, 19> kHarmless{
    "template_id", "attribute_type", "attribute", "wording",  "metadata",
    "data_source", "source",         "dataset",   "split",    "subject_id",
    "patient_id",  "target_dx",      "dx_label",  "path_idx", "task",
    "category",    "type",           "model",     "language"};
constexpr std::array<std::string_view, 3> kNamesOfEcgs{"ecg_id", "ecg_path", "study_id"};
constexpr std::array<std::string_view, 8> kOfTurns{"from",     "role",   "value", "content",
                                                   "question", "answer", "id",    "name"};

template <class List>
bool holds(const List& list, std::string_view key) {
  return std::find(list.begin(), list.end(), key) != list.end();
}

bool is_empty(const Json& value) {
  if (value.is_string()) return value.get_ref<const std::string&>().empty();
  return value.is_null() || (value.is_structured() && value.empty());
}

bool has(const Json& item, const char* key) {
  const auto member = item.find(key);
  return member != item.end() && !is_empty(*member);
}

void add_markers(const Json& text, std::set<std::string>& found) {
  if (text.is_string()) found.merge(unknown_markers(text.get_ref<const std::string&>()));
  if (!text.is_array()) return;
  for (const auto& part : text)
    if (part.is_object() && part.contains("text")) add_markers(part["text"], found);
}

/// Markers stand in what is asked; an answer may have angle brackets of any kind.
void add_turn(const Json& turn, std::set<std::string>& found) {
  if (!turn.is_object()) return;
  for (const auto& [key, value] : turn.items())
    if (!holds(kOfTurns, key) && !is_empty(value)) found.insert("'" + key + "' of a turn");
  const auto role = turn.value("from", turn.value("role", Json("human")));
  if (role == "gpt" || role == "assistant") return;
  for (const char* key : {"value", "content", "question"})
    if (turn.contains(key)) add_markers(turn[key], found);
}

}  // namespace

std::set<std::string> unread_parts(const Json& item) {
  std::set<std::string> found;
  if (!item.is_object()) return found;
  const bool asks = item.contains("question") && item.contains("answer");
  const bool page = asks || has(item, "image") || has(item, "images") || has(item, "ecg");
  for (const auto& [key, value] : item.items()) {
    const bool known =
        holds(kRead, key) || holds(kHarmless, key) || (page && holds(kNamesOfEcgs, key));
    if (!known && !is_empty(value)) found.insert("'" + key + "'");
  }
  if (asks) add_markers(item["question"], found);
  for (const char* key : {"conversations", "conversation", "messages"})
    if (const auto turns = item.find(key); turns != item.end() && turns->is_array())
      for (const auto& turn : *turns) add_turn(turn, found);
  return found;
}

void UnreadContent::add(const std::set<std::string>& item) {
  for (const auto& part : item) ++parts[part];
  items += item.empty() ? 0 : 1;
}

void UnreadContent::add(const UnreadContent& others) {
  for (const auto& [part, count] : others.parts) parts[part] += count;
  items += others.items;
}

std::string UnreadContent::sentence() const {
  constexpr std::size_t shown = 12;
  const auto counted = [](const auto& part) { return cat(part.first, " in ", part.second); };
  return cat(items, items == 1 ? " item holds" : " items hold",
             " what is not read: ", joined_at_most(shown, parts, counted),
             "; a page stands under image, images or ecg, and <image> or <ecg> marks it");
}

}  // namespace ecg_lora::instruct
