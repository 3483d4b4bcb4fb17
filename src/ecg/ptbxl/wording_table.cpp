// All words of a wording, for readers and for editing.
#include "wording_data.h"

namespace ecg_lora::ptbxl {
namespace {

using Entries = std::map<std::string, WordingEntry>;

std::string class_table(const std::string& title, const Entries& entries) {
  std::string text = "\n| " + title + " | words |\n|---|---|\n";
  for (const auto& [name, entry] : entries)
    text += "| `" + name + "` | " + entry.words.asked + " |\n";
  return text;
}

Json entries_json(const Entries& entries) {
  Json json = Json::object();
  for (const auto& [name, entry] : entries) {
    json[name] = {{"asked", entry.words.asked}, {"listed", entry.words.listed}};
    if (!entry.ptbxl.empty()) json[name]["ptbxl"] = entry.ptbxl;
  }
  return json;
}

}  // namespace

std::string wording_table(const Wording& wording) {
  const auto& data = wording.data();
  std::string text = "| questions of " + data.name + " |\n|---|\n";
  for (const auto& question : data.questions) text += "| " + question + " |\n";
  text += class_table("superclass", data.superclasses) + class_table("subclass", data.subclasses);
  text += "\n| statement | PTB-XL's description | words |\n|---|---|---|\n";
  for (const auto& [code, entry] : data.statements)
    text += "| `" + code + "` | " + entry.ptbxl + " | " + entry.words.asked + " |\n";
  return text;
}

Json wording_json(const Wording& wording) {
  const auto& data = wording.data();
  return {{"name", data.name},
          {"questions", data.questions},
          {"superclasses", entries_json(data.superclasses)},
          {"subclasses", entries_json(data.subclasses)},
          {"statements", entries_json(data.statements)}};
}

}  // namespace ecg_lora::ptbxl
