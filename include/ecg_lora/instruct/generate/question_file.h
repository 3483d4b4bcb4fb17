// Files of questions about recordings: what is asked, and what is written.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ecg_lora/base/json.h"
#include "ecg_lora/instruct/generate/generate_samples.h"
#include "ecg_lora/instruct/generate/source_recordings.h"

namespace ecg_lora::instruct {

/// All that questions are made with, besides the recordings.
struct GenerationPlan {
  GenerationOptions options;
  std::vector<ptbxl::Statement> statements;  ///< that answers are made of; none without a table
  std::vector<QuestionKind> kinds;
  ptbxl::Wording wording;
  std::uint64_t seed = 1;

  /// Whether the traces are to be measured.
  bool measured() const;
};

/// Rows of `file` (scp_statements.csv); if it is empty, of the collection's own table, or none.
/// Data error if the table cannot be read.
std::vector<ptbxl::Statement> load_statements(const std::string& file,
                                              const collections::Collection& collection);

/// The kinds named, or all if none is; without a table of statements, those that need none. Usage
/// error for a kind that needs statements which `root` has not.
std::vector<QuestionKind> choose_kinds(const std::vector<std::string>& names, bool has_statements,
                                       const std::string& root);

/// Logs which statements are asked for by their description, and which may mean something else.
void log_wording(const GenerationPlan& plan);

/// What was written.
struct WrittenQuestions {
  std::size_t samples = 0;
  GenerationStatistics statistics;
};

/// Writes `file`, a JSON list as ECGInstruct has it, and FILE.report.json with all counts. Data
/// error if no sample can be made.
WrittenQuestions write_questions(const std::string& file, const GenerationPlan& plan,
                                 const std::vector<SourceRecording>& recordings);

/// The first line of a shard's part: what the questions of all shards are made with. `recordings`:
/// of the collection.
std::string part_head(const SourceOptions& options, const GenerationPlan& plan,
                      std::size_t recordings);
/// A shard's part of the recordings that questions are made of.
std::string part_text(const std::string& head, const std::vector<SourceRecording>& recordings);
/// The recordings of the parts of all shards of `file`, in order. Usage error if their heads
/// differ.
std::vector<SourceRecording> join_parts(const std::vector<std::string>& parts,
                                        const std::string& head, const std::string& file);

}  // namespace ecg_lora::instruct
