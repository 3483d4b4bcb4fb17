#include "ecg_lora/instruct/format/instruction_item.h"

#include <algorithm>

#include "ecg_lora/base/error.h"
#include "ecg_lora/instruct/format/unread.h"
#include "item_fields.h"
#include "markers.h"
#include "turns.h"

namespace ecg_lora::instruct {
namespace {

constexpr std::size_t kMaxImages = 64;

/// `ecg` names recordings: each is given the name of its header, which stands for no picture.
std::vector<std::string> read_recordings(const Json& item, const std::string& origin) {
  const auto value = item.find("ecg");
  std::vector<std::string> names;
  if (value == item.end() || value->is_null()) return names;
  for (const auto& name : value->is_array() ? *value : Json::array({*value})) {
    auto text = name.is_string()           ? name.get<std::string>()
                : name.is_number_integer() ? name.dump()
                                           : "";
    if (text.empty())
      throw_data(origin, ": ecg is ", brief(name),
                 ", expected the name of a recording below the data's root; correct the item");
    for (const char* extension : {".hea", ".dat", ".mat"})
      if (text.ends_with(extension)) text.erase(text.size() - 4);
    names.push_back(text + ".hea");
  }
  return names;
}

std::vector<std::string> read_images(const Json& item, const std::string& origin) {
  const Json* value = find_any(item, {"image", "images"}, origin);
  std::vector<std::string> names;
  if (value == nullptr || value->is_null()) return names;
  for (const auto& name : value->is_array() ? *value : Json::array({*value})) {
    if (!name.is_string() || name.get_ref<const std::string&>().empty())
      throw_data(origin, ": an image is ", brief(name),
                 ", expected the name of a picture or recording; correct the item");
    names.push_back(name.get<std::string>());
  }
  return names;
}

/// <ecg> marks a page as <image> does. An item with both an image and an ecg shows one page, which
/// may be marked by each: then <image> counts.
void count_ecg_markers(InstructionItem& item, const std::vector<int>& ecgs, bool both) {
  const auto marked = [](const text::Turn& turn) { return turn.images > 0; };
  if (both && std::any_of(item.turns.begin(), item.turns.end(), marked)) return;
  for (std::size_t i = 0; i < ecgs.size(); ++i) item.turns[i].images += ecgs[i];
}

/// Images without a marker go to the first user turn.
void place_images(InstructionItem& item, const std::string& origin) {
  std::size_t marked = 0;
  for (const auto& turn : item.turns) marked += static_cast<std::size_t>(turn.images);
  if (marked > item.images.size())
    throw_data(origin, " has ", marked, " <image> or <ecg> markers for ", item.images.size(),
               " images, expected at most one for each; correct the item");
  if (item.images.size() > kMaxImages)
    throw_data(origin, " has ", item.images.size(), " images, expected at most ", kMaxImages,
               "; correct the item");
  if (item.images.empty()) return;
  auto& first = item.turns[item.turns[0].role == "system" ? 1 : 0];
  first.images += static_cast<int>(item.images.size() - marked);
}

InstructionItem read_ecg_qa(const Json& value, const std::string& origin) {
  InstructionItem item;
  item.kind = text_field(value, "question_type", origin);
  const auto& types = ecg_qa_types();
  if (std::find(types.begin(), types.end(), item.kind) == types.end())
    throw_data(origin, ": question_type is '", item.kind,
               "', expected one of ECG-QA's, such as single-verify; correct the item");
  const Json* ecgs = value.contains("ecg_path") ? &value["ecg_path"]
                     : value.contains("ecg_id") ? &value["ecg_id"]
                                                : nullptr;
  if (ecgs == nullptr) item.images = read_recordings(value, origin);
  if (ecgs == nullptr && item.images.empty())
    throw_data(origin,
               " has no ecg_id and no ecg, expected the list of the ECGs that are asked about; ",
               "correct the item");
  if (ecgs != nullptr)
    for (const auto& ecg : ecgs->is_array() ? *ecgs : Json::array({*ecgs}))
      item.images.push_back(read_text(ecg, origin + ": ecg_id"));
  const std::size_t wanted = item.kind.starts_with("comparison") ? 2 : 1;
  if (item.images.size() != wanted)
    throw_data(origin, " is a ", item.kind, " of ", item.images.size(), " ECGs, expected ", wanted,
               "; correct the item");
  auto question = text_field(value, "question", origin);
  take_markers(question);
  item.turns = {{"user", question, static_cast<int>(wanted)},
                {"assistant", joined_set(value, "answer", origin), 0}};
  for (const auto& turn : item.turns) refuse_special_tokens(turn.content, origin);
  if (const auto topic = value.find("attribute_type"); topic != value.end() && topic->is_string())
    item.topic = topic->get<std::string>();
  return item;
}

}  // namespace

const std::vector<std::string>& ecg_qa_types() {
  static const std::vector<std::string> kTypes = [] {
    std::vector<std::string> names;
    for (const char* scope : {"single", "comparison_consecutive", "comparison_irrelevant"})
      for (const char* act : {"verify", "choose", "query"}) names.push_back(cat(scope, "-", act));
    return names;
  }();
  return kTypes;
}

InstructionItem read_item(const Json& value, const std::string& origin) {
  if (!value.is_object())
    throw_data(origin, " is ", brief(value), ", expected an object; correct or remove the item");
  const bool question = value.contains("question") && value.contains("answer");
  auto item = question ? read_ecg_qa(value, origin) : InstructionItem{};
  const Json* id = find_any(value, {"id", "sample_id", "question_id", "No"}, "");
  if (id != nullptr && !id->is_null()) item.id = read_text(*id, origin + ": id");
  if (question) return item;
  item.images = read_images(value, origin);
  auto recordings = read_recordings(value, origin);
  const bool both = !item.images.empty() && !recordings.empty();
  if (item.images.empty()) item.images = std::move(recordings);
  std::vector<int> ecgs;
  item.turns = read_turns(value, origin, ecgs);
  count_ecg_markers(item, ecgs, both);
  check_order(item.turns, origin);
  place_images(item, origin);
  return item;
}

InstructionItem parse_item(std::string_view text, const std::string& origin,
                           std::set<std::string>* unread) {
  const auto json = parse_json(text, origin);
  if (unread != nullptr) *unread = unread_parts(json);
  return read_item(json, origin);
}

std::uint64_t image_key(const std::vector<std::string>& images) {
  if (images.empty()) return 0;
  std::uint64_t key =
      0xcbf29ce484222325;  // FNV-1a; an end mark after each name keeps {"ab"} and {"a", "b"} apart
  const auto add = [&](unsigned char c) { key = (key ^ c) * 0x100000001b3; };
  for (const auto& name : images) {
    for (const char c : name) add(static_cast<unsigned char>(c));
    add(0);
  }
  return key == 0 ? 1 : key;
}

}  // namespace ecg_lora::instruct
