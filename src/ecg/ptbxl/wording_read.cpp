// A wording from its file.
#include <algorithm>
#include <array>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/hash.h"
#include "ecg_lora/base/suggest.h"
#include "wording_data.h"

namespace ecg_lora::ptbxl {
namespace {

constexpr std::size_t kLongestWords = 300;  ///< bytes; a question has to leave room for the page
constexpr const char* kAdvice = "see docs/users/wording.md";

using Entries = std::map<std::string, WordingEntry>;
using Names = std::vector<std::string>;

class Reader {
 public:
  Reader(std::string origin, WordingData base, const std::vector<Statement>& statements)
      : origin_(std::move(origin)), result_(std::move(base)), statements_(statements) {}

  WordingData read(const Json& json) {
    if (!json.is_object()) refuse("", "is no object, expected {\"name\": …, \"statements\": {…}}");
    check_keys("", json, {"name", "questions", "superclasses", "subclasses", "statements"});
    const auto before = result_.name;
    if (!json.contains("name"))
      refuse("", "has no name, expected one that results are marked with");
    result_.name = text("name", json["name"]);
    if (result_.name == before)
      refuse("name", "is '" + before + "', the program's own, expected another");
    if (json.contains("questions")) read_questions(json["questions"]);
    using S = Statement;
    read_entries(json, "superclasses", result_.superclasses, &S::diagnostic_class);
    read_entries(json, "subclasses", result_.subclasses, &S::diagnostic_subclass);
    read_entries(json, "statements", result_.statements, &S::code);
    result_.sha256 = sha256(digest_text(result_));
    return std::move(result_);
  }

 private:
  [[noreturn]] void refuse(const std::string& where, const std::string& what) const {
    throw_data(origin_, where.empty() ? "" : ": " + where, " ", what, "; ", kAdvice);
  }

  void check_keys(const std::string& where, const Json& json, const Names& known) const {
    for (const auto& [key, value] : json.items())
      if (std::find(known.begin(), known.end(), key) == known.end())
        refuse(where, "has the unknown name '" + key +
                          "', expected one of the wording's; the "
                          "nearest is '" +
                          nearest(key, known) + "'");
  }

  /// Words that may stand within one line of a question.
  std::string text(const std::string& where, const Json& value) const {
    if (!value.is_string()) refuse(where, "is " + value.dump() + ", expected words in quotes");
    auto result = value.get<std::string>();
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    if (result.find_first_not_of(' ') == std::string::npos) refuse(where, "is empty");
    if (result.front() == ' ' || result.back() == ' ')
      refuse(where, "begins or ends with a blank, expected words alone");
    if (std::any_of(result.begin(), result.end(), control))
      refuse(where, "has a line break or another control character, expected one line");
    if (result.size() > kLongestWords)
      refuse(where, cat("has ", result.size(), " bytes, expected at most ", kLongestWords));
    return result;
  }

  void read_questions(const Json& json) {
    if (!json.is_array() || json.empty()) refuse("questions", "is no list, expected at least one");
    result_.questions.clear();
    for (const auto& one : json) {
      const auto where = cat("question ", result_.questions.size() + 1);
      const auto question = text(where, one);
      const auto place = question.find("{}");
      if (place == std::string::npos || question.find("{}", place + 1) != std::string::npos)
        refuse(where, "is '" + question + "', expected {} once, where the label's words go");
      result_.questions.push_back(question);
    }
  }

  /// `asked` without an English article in front.
  static std::string without_article(const std::string& asked) {
    for (const char* article : {"a ", "an ", "the "})
      if (asked.starts_with(article)) return asked.substr(std::string(article).size());
    return asked;
  }

  WordingEntry entry(const std::string& where, const Json& value, WordingEntry before) const {
    if (!value.is_object()) {
      before.words.asked = text(where, value);
      before.words.listed = without_article(before.words.asked);
      return before;
    }
    check_keys(where, value, {"asked", "listed", "ptbxl"});
    if (!value.contains("asked")) refuse(where, "lacks asked, expected the words of a question");
    before = entry(where + ".asked", value["asked"], before);
    if (value.contains("listed")) before.words.listed = text(where + ".listed", value["listed"]);
    if (value.contains("ptbxl")) before.ptbxl = text(where + ".ptbxl", value["ptbxl"]);
    return before;
  }

  void read_entries(const Json& json, const char* section, Entries& entries,
                    std::string Statement::*name_of) {
    if (!json.contains(section)) return;
    const auto& given = json[section];
    if (!given.is_object()) refuse(section, "is no object, expected {\"AFIB\": \"words\", …}");
    Names known;
    for (const auto& [name, e] : entries) known.push_back(name);
    for (const auto& statement : statements_)
      if (!(statement.*name_of).empty()) known.push_back(statement.*name_of);
    if (!known.empty()) check_keys(section, given, known);
    for (const auto& [name, value] : given.items()) {
      entries[name] = entry(cat(section, " ", name), value, entries[name]);
      entries[name].given = !known.empty();
    }
    check_distinct(section, entries, &Words::asked);
    check_distinct(section, entries, &Words::listed);
  }

  void check_distinct(const char* section, const Entries& entries, std::string Words::*form) const {
    std::map<std::string, std::string> owner;
    for (const auto& [name, e] : entries) {
      const auto [found, fresh] = owner.emplace(e.words.*form, name);
      if (!fresh)
        refuse(section, cat("has '", e.words.*form, "' for ", found->second, " and for ", name,
                            ", expected words that tell them apart"));
    }
  }

  std::string origin_;
  WordingData result_;
  const std::vector<Statement>& statements_;
};

}  // namespace

const Wording& Wording::builtin() {
  static const Wording kOwn = [] {
    const std::vector<Statement> none;
    Reader reader("the program's wording", {}, none);
    const auto data = reader.read(parse_json(builtin_wording_text(), "the program's wording"));
    return Wording(std::make_shared<const WordingData>(data));
  }();
  return kOwn;
}

Wording Wording::read(const std::filesystem::path& file, const std::vector<Statement>& statements) {
  const auto json = read_json(file);
  Reader reader(file.string(), builtin().data(), statements);
  return Wording(std::make_shared<const WordingData>(reader.read(json)));
}

}  // namespace ecg_lora::ptbxl
