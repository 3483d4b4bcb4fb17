// Instruction samples made from what is known of a recording: SCP statements, the report, and
// measurements on the trace.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ecg_lora/ecg/features/axis.h"
#include "ecg_lora/ecg/features/rhythm.h"
#include "ecg_lora/ecg/ptbxl/database.h"
#include "ecg_lora/ecg/ptbxl/wording.h"

namespace ecg_lora::instruct {

/// What is asked, in the order of the samples of a recording. docs/users/prepare.md has an example
/// of each.
enum class Kind {
  yes_no,
  choice,
  list,
  categories,
  rhythm,
  rate,
  rate_class,
  regularity,
  axis,
  findings,
  report
};

inline constexpr std::size_t kKinds = 11;
const std::array<Kind, kKinds>& all_kinds();
const char* name_of(Kind kind);
/// Usage error with the nearest kind where `name` is none.
Kind parse_kind(const std::string& name);
/// Whether answers need measurements on the trace.
bool is_measured(Kind kind);

/// A recording of any collection.
struct Subject {
  std::int64_t id = 0, patient = 0;           ///< the id is the key of all that is drawn for it
  std::string name;                           ///< what the data set calls it; empty: its id
  int fold = 0;                               ///< 0: none
  std::string image;                          ///< a name that stands for the recording
  std::optional<double> age;                  ///< years
  std::vector<ptbxl::StatedCode> statements;  ///< SCP codes
  std::string report;
  features::Measured<features::Rhythm> rhythm =
      features::Measured<features::Rhythm>::none("not asked for");
  features::Measured<features::Axis> axis =
      features::Measured<features::Axis>::none("not asked for");
};

struct PrepareOptions {
  double minimum_likelihood = 50;
  std::string unstated = "form_and_rhythm";
  int per_record = 8, options = 4;
  double largest_share = 0.5, rate_margin = 3, axis_margin = 10, adult_age = 16;
  bool varied = true;
  template <class V>
  void visit(V& v) {
    v.field("minimum_likelihood", minimum_likelihood,
            "percent; a statement below it is neither yes nor no, and 'possible' in lists")
        .range(0, 100);
    v.field("unstated", unstated,
            "what a likelihood of 0 means: form_and_rhythm (yes for pure form and rhythm "
            "statements, which have no other; else left out), present or left_out")
        .one_of({"form_and_rhythm", "present", "left_out"});
    v.field("per_record", per_record, "most yes_no samples of a recording; 0 for no limit")
        .range(0, 1000);
    v.field("options", options, "options of a choice").range(2, 8);
    v.field("largest_share", largest_share,
            "most that one answer may make of list, categories, rhythm, rate_class, regularity and "
            "axis; 1 keeps all")
        .range(0.05, 1);
    v.field("rate_margin", rate_margin,
            "rate_class leaves out rates this close to 60 and 100, beats a minute")
        .range(0, 30);
    v.field("axis_margin", axis_margin,
            "axis leaves out axes this close to -90, -30, 90 and 180 degrees")
        .range(0, 30);
    v.field("adult_age", adult_age,
            "rate_class and axis leave out younger patients, years: other limits hold for them")
        .range(0, 100);
    v.field("varied", varied, "draw among several wordings; false: the first of each kind");
  }
};

struct GeneratedSample {
  std::string id;  ///< "17-yes_no-AFIB"
  Kind kind = Kind::yes_no;
  std::string label;  ///< code of yes_no and choice, class of classes, number of rate, language of
                      ///< report; else empty
  std::string question, answer;
};

/// What was made, and what was not.
struct GenerationStatistics {
  struct Statement {
    std::size_t yes = 0, no = 0;                    ///< samples
    std::size_t could_be_yes = 0, could_be_no = 0;  ///< recordings
    std::map<std::string, std::size_t> left_out;    ///< recordings that are neither, by reason
    std::size_t chosen = 0, offered = 0;            ///< right answer of a choice, and option of one
  };
  std::map<std::string, Statement> statements;  ///< by code
  std::vector<std::size_t> positions;           ///< of the right answers of choices
  std::map<Kind, std::size_t> samples;
  std::map<Kind, std::map<std::string, std::size_t>>
      answers;  ///< by label, of the kinds whose answers are classes
  std::map<std::pair<Kind, std::string>, std::vector<std::int64_t>>
      skipped;  ///< recordings without a sample of a kind, by reason
};

using WriteSample = std::function<void(const Subject&, const GeneratedSample&)>;

/// Makes samples in the order of `subjects`, then of kinds, then of statements. Wording is a pure
/// function of (seed, id, kind, statement); which of the possible questions are asked, and the
/// options of choices, follow from such functions and from what balances the set as a whole:
/// - yes_no: as many yes as no for each statement, the rarest statement first, within `per_record`;
/// - choice: one a recording; each place holds the right answer equally often; a statement is
/// offered about `options` times as often as it is right;
/// - classes: the most frequent answer is thinned to `largest_share`.
/// Statements are spoken of in the words of `wording`; those without any by their description.
GenerationStatistics make_questions(const std::vector<ptbxl::Statement>& statements,
                                    const std::vector<Subject>& subjects,
                                    const std::vector<Kind>& kinds, const PrepareOptions& options,
                                    std::uint64_t seed, const WriteSample& write,
                                    const ptbxl::Wording& wording = ptbxl::Wording::builtin());

/// "German", "Swedish" or "English" by the words that only one of them uses; "unknown" where none
/// or several do.
std::string language_of(const std::string& report);

}  // namespace ecg_lora::instruct
