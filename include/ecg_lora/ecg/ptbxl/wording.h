// The words in which models are asked for labels. docs/users/wording.md lists those of the program.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/base/json.h"
#include "ecg_lora/ecg/ptbxl/database.h"

namespace ecg_lora::ptbxl {

/// How one label is spoken of.
struct Words {
  std::string asked;   ///< within a question: "a first-degree AV block"
  std::string listed;  ///< alone, or behind "possible": "first-degree AV block"
};

/// What a wording has on one label.
struct WordingEntry {
  Words words;
  std::string ptbxl;   ///< PTB-XL's own description; empty for classes and for codes of a user
  bool given = false;  ///< by a user's file
};

struct WordingData;

/// Words of statements, subclasses and superclasses, and the questions around them. Cheap to copy.
class Wording {
 public:
  /// The one that comes with the program: configs/wording/clinical-1.json.
  static const Wording& builtin();

  /// The program's own, with what `file` has in place of it: a name, and any of questions,
  /// superclasses, subclasses and statements. Names that neither the program nor `statements` (the
  /// data set's table) has are a data error with the nearest known one, as are empty words, words
  /// that two labels of one kind share, and a question without exactly one "{}".
  static Wording read(const std::filesystem::path& file,
                      const std::vector<Statement>& statements = {});

  /// builtin() if `file` is empty, as in data.wording, otherwise read().
  static Wording load(const std::string& file, const std::vector<Statement>& statements = {});

  const std::string& name() const;
  /// Of all words and questions, whatever the wording is called. Hexadecimal.
  const std::string& sha256() const;
  /// Name and the first 12 digits of the sum: what each line of predictions.jsonl holds.
  std::string tag() const;
  /// {"name", "sha256"}, as scores.json and identity.json hold it.
  Json identity() const;

  /// Questions with "{}" for what is asked for. The first is the one of training, evaluation and
  /// prediction; `prepare questions` draws among all.
  const std::vector<std::string>& questions() const;
  /// "Does this ECG show a first-degree AV block?"
  std::string question(const Words& words) const;

  /// What there is on a label; nothing if the wording does not have it. statement() also takes the
  /// name of a class, which the tables of an external data set state like a statement, and a union
  /// of statements (union.h), whose words are those of its parts with "or" between.
  std::optional<WordingEntry> superclass(const std::string& name) const;
  std::optional<WordingEntry> subclass(const std::string& name) const;
  std::optional<WordingEntry> statement(const std::string& code) const;
  /// Whether `code` is an SCP statement of PTB-XL, or of the user's file.
  bool is_statement(const std::string& code) const;

  const WordingData& data() const { return *data_; }

 private:
  explicit Wording(std::shared_ptr<const WordingData> data) : data_(std::move(data)) {}
  std::shared_ptr<const WordingData> data_;
};

/// Words of labels that are to be asked, and what a user should know of them.
class WordsOfLabels {
 public:
  explicit WordsOfLabels(Wording wording) : wording_(std::move(wording)) {}
  /// Words of `entry`, which the wording has on a label; its description if there is none.
  Words take(const std::optional<WordingEntry>& entry, const std::string& name,
             const std::string& description);
  const Wording& wording() const { return wording_; }
  /// Labels without words of the wording, and codes whose description is not PTB-XL's, so that its
  /// words may mean something else. A sentence each; empty if there is none.
  std::string without_words() const;
  std::string described_otherwise() const;
  /// Logs both, the second as a warning.
  void log_notices() const;

 private:
  Wording wording_;
  std::vector<std::string> without_, otherwise_;
};

/// `question` with `text` in place of "{}".
std::string fill_in(const std::string& question, const std::string& text);

/// All words as Markdown tables: what docs/users/wording.md shows.
std::string wording_table(const Wording& wording);

/// The whole wording in the form of its file, to be edited.
Json wording_json(const Wording& wording);

}  // namespace ecg_lora::ptbxl
