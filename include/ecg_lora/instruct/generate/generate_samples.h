// Instruction samples made from what is known of a recording: SCP statements, the report, and
// measurements on the trace.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "ecg_lora/ecg/ptbxl/database.h"
#include "ecg_lora/ecg/ptbxl/wording.h"
#include "ecg_lora/instruct/generate/generation_options.h"
#include "ecg_lora/instruct/generate/generation_statistics.h"
#include "ecg_lora/instruct/generate/question_kind.h"
#include "ecg_lora/instruct/generate/source_recording.h"

namespace ecg_lora::instruct {

/// A question about a recording, and its answer.
struct GeneratedSample {
  std::string id;  ///< "17-yes_no-AFIB"
  QuestionKind kind = QuestionKind::yes_no;
  std::string label;  ///< code of yes_no and choice, class of classes, number of rate, language of
                      ///< report; else empty
  std::string question, answer;
};

/// Takes a sample, and the recording that it is about.
using UseSample = std::function<void(const SourceRecording&, const GeneratedSample&)>;

/// Makes samples of `kinds` and gives each to `use`, in the order of `recordings`, then of kinds,
/// then of statements. Answers are made of `statements`, the rows of scp_statements.csv. Wording is
/// a pure function of (seed, id, kind, statement); which of the possible questions are asked, and
/// the options of choices, follow from such functions and from what balances the set as a whole:
/// - yes_no: as many yes as no for each statement, the rarest statement first, within `per_record`;
/// - choice: one per recording; each place holds the right answer equally often; a statement is
/// offered about `options` times as often as it is right;
/// - classes: the most frequent answer is thinned to `largest_share`.
/// Statements are spoken of in the words of `wording`; those without any by their description.
GenerationStatistics generate_samples(const std::vector<ptbxl::Statement>& statements,
                                      const std::vector<SourceRecording>& recordings,
                                      const std::vector<QuestionKind>& kinds,
                                      const GenerationOptions& options, std::uint64_t seed,
                                      const UseSample& use,
                                      const ptbxl::Wording& wording = ptbxl::Wording::builtin());

}  // namespace ecg_lora::instruct
