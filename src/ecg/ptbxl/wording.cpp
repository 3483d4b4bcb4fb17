#include "ecg_lora/ecg/ptbxl/wording.h"

#include "ecg_lora/base/hash.h"
#include "ecg_lora/base/join.h"
#include "ecg_lora/base/json_text.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/ecg/ptbxl/union.h"
#include "wording_data.h"

namespace ecg_lora::ptbxl {
namespace {

constexpr std::size_t kTagDigits = 12;

using Entries = std::map<std::string, WordingEntry>;

std::optional<WordingEntry> find_entry(const Entries& entries, const std::string& name) {
  const auto found = entries.find(name);
  return found == entries.end() ? std::nullopt : std::optional(found->second);
}

Json words_json(const Entries& entries) {
  Json json = Json::object();
  for (const auto& [name, entry] : entries) json[name] = {entry.words.asked, entry.words.listed};
  return json;
}

}  // namespace

std::string digest_text(const WordingData& data) {
  return json_text({{"questions", data.questions},
                    {"superclasses", words_json(data.superclasses)},
                    {"subclasses", words_json(data.subclasses)},
                    {"statements", words_json(data.statements)}});
}

Wording Wording::load(const std::string& file, const std::vector<Statement>& statements) {
  return file.empty() ? builtin() : read(file, statements);
}

const std::string& Wording::name() const {
  return data_->name;
}
const std::string& Wording::sha256() const {
  return data_->sha256;
}
std::string Wording::tag() const {
  return name() + " " + sha256().substr(0, kTagDigits);
}
Json Wording::identity() const {
  return {{"name", name()}, {"sha256", sha256()}};
}
const std::vector<std::string>& Wording::questions() const {
  return data_->questions;
}

std::string Wording::question(const Words& words) const {
  return fill_in(data_->questions.front(), words.asked);
}

std::optional<WordingEntry> Wording::superclass(const std::string& name) const {
  return find_entry(data_->superclasses, name);
}

std::optional<WordingEntry> Wording::subclass(const std::string& name) const {
  return find_entry(data_->subclasses, name);
}

std::optional<WordingEntry> Wording::statement(const std::string& code) const {
  if (is_union(code)) {
    std::vector<std::string> asked, listed, ptbxl;
    for (const auto& part : parts_of(code)) {
      const auto entry = statement(part);
      if (!entry) return std::nullopt;
      asked.push_back(entry->words.asked), listed.push_back(entry->words.listed);
      ptbxl.push_back(entry->ptbxl);
    }
    return WordingEntry{{joined_or(asked), joined_or(listed)}, joined_or(ptbxl)};
  }
  for (const auto* entries : {&data_->statements, &data_->superclasses, &data_->subclasses})
    if (auto entry = find_entry(*entries, code)) return entry;
  return std::nullopt;
}

bool Wording::is_statement(const std::string& code) const {
  return data_->statements.count(code) > 0;
}

Words WordsOfLabels::take(const std::optional<WordingEntry>& entry, const std::string& name,
                          const std::string& description) {
  if (!entry) {
    without_.push_back(name);
    return {description, description};
  }
  if (!entry->given && !entry->ptbxl.empty() && entry->ptbxl != description)
    otherwise_.push_back(name + " ('" + description + "', asked for as '" + entry->words.asked +
                         "')");
  return entry->words;
}

std::string WordsOfLabels::without_words() const {
  if (without_.empty()) return "";
  return cat("labels that the wording '", wording_.name(),
             "' has no words for are asked for by their description: ", joined(without_));
}

std::string WordsOfLabels::described_otherwise() const {
  if (otherwise_.empty()) return "";
  return cat("the data set describes codes otherwise than PTB-XL: ", joined(otherwise_),
             "; if they mean something else, give them words of their own in data.wording or "
             "--wording");
}

void WordsOfLabels::log_notices() const {
  if (const auto notice = without_words(); !notice.empty()) log_info(notice);
  if (const auto notice = described_otherwise(); !notice.empty()) log_warn(notice);
}

std::string fill_in(const std::string& question, const std::string& text) {
  std::string result = question;
  if (const auto place = result.find("{}"); place != std::string::npos)
    result.replace(place, 2, text);
  return result;
}

}  // namespace ecg_lora::ptbxl
