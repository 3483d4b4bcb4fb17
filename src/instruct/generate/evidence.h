// What a recording's statements say about each statement of the table: yes, no, or neither.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "ecg_lora/ecg/ptbxl/wording.h"
#include "ecg_lora/instruct/generate/generation_options.h"
#include "ecg_lora/instruct/generate/source_recording.h"

namespace ecg_lora::instruct {

enum class Evidence { yes, no, unlikely, unstated, overlaps, unread };

/// Why a recording is neither yes nor no; empty for yes and no.
const char* reason_of(Evidence evidence);

class StatementTable {
 public:
  /// `statements` and `options` must outlive the table.
  StatementTable(const std::vector<ptbxl::Statement>& statements, const GenerationOptions& options,
                 const ptbxl::Wording& wording = ptbxl::Wording::builtin());

  std::size_t size() const { return statements_.size(); }
  const ptbxl::Statement& operator[](std::size_t s) const { return statements_[s]; }
  /// How the statement is spoken of: by its description if the wording does not have it.
  const ptbxl::Words& words(std::size_t s) const { return words_[s]; }
  const ptbxl::WordsOfLabels& all_words() const { return of_labels_; }
  std::optional<std::size_t> find(const std::string& code) const;

  /// yes: stated. no: not stated, by a reader who stated something, and nothing that it may be part
  /// of, or a variant of, is. A statement's absence is no evidence if the recording has another
  /// of the same diagnostic subclass, or one that overlaps with it; nor is that of "normal ECG"
  /// if nothing diagnostic is stated.
  Evidence of(const SourceRecording& recording, std::size_t statement) const;

  /// yes, unlikely or unstated, for a statement that the recording has.
  Evidence stated(double likelihood, std::size_t statement) const;
  /// A rhythm statement, or any other: options of a choice are of one family.
  bool is_rhythm(std::size_t statement) const { return statements_[statement].rhythm; }

 private:
  bool leaves_open(std::size_t given, std::size_t asked) const;

  const std::vector<ptbxl::Statement>& statements_;
  const GenerationOptions& options_;
  ptbxl::WordsOfLabels of_labels_;
  std::vector<ptbxl::Words> words_;
  std::unordered_map<std::string, std::size_t> place_;
  std::vector<unsigned> given_, open_;  ///< a bit for each overlap
};

}  // namespace ecg_lora::instruct
