#include "ecg_lora/instruct/generate/generate_samples.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "answers.h"
#include "balance.h"
#include "ecg_lora/base/error.h"
#include "question_wordings.h"

namespace ecg_lora::instruct {
namespace {

/// Makes samples of one plan; the plan is drawn up first, so that texts are never held for more
/// than one sample.
class Maker {
 public:
  Maker(const GenerationInput& given, GenerationStatistics& statistics)
      : given_(given), statistics_(statistics) {}

  void plan(QuestionKind kind) {
    if (kind != QuestionKind::yes_no && kind != QuestionKind::choice) return plan_whole(kind);
    if (sides_.empty()) sides_ = sides_of(given_, statistics_);
    add(kind == QuestionKind::yes_no ? plan_yes_no(given_, sides_, statistics_)
                                     : plan_choices(given_, sides_, statistics_),
        kind);
  }

  void write(const UseSample& use) {
    std::stable_sort(plan_.begin(), plan_.end(),
                     [](const PlannedQuestion& a, const PlannedQuestion& b) {
                       return std::tuple(a.recording, a.kind, a.statement) <
                              std::tuple(b.recording, b.kind, b.statement);
                     });
    for (const PlannedQuestion& planned : plan_) {
      ++statistics_.samples[planned.kind];
      use(given_.recordings[planned.recording], sample(planned));
    }
  }

 private:
  void add(std::vector<PlannedQuestion> planned, QuestionKind kind) {
    std::vector<bool> asked(given_.recordings.size(), false);
    for (const PlannedQuestion& p : planned) asked[p.recording] = true;
    auto& skipped = statistics_.skipped;
    const std::string why = kind == QuestionKind::yes_no
                                ? "no statement left to ask after balancing"
                                : "no statement left to choose after balancing";
    std::vector<std::int64_t> named;  // with another reason already
    for (const auto& [key, ids] : skipped)
      if (key.first == kind) named.insert(named.end(), ids.begin(), ids.end());
    std::sort(named.begin(), named.end());
    for (std::size_t i = 0; i < asked.size(); ++i)
      if (const auto id = given_.recordings[i].id;
          !asked[i] && !std::binary_search(named.begin(), named.end(), id))
        skipped[{kind, why}].push_back(id);
    std::move(planned.begin(), planned.end(), std::back_inserter(plan_));
  }

  void plan_whole(QuestionKind kind) {
    std::vector<std::string> labels(given_.recordings.size());
    std::vector<bool> answered(labels.size());
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const RecordingAnswer answer =
          answer_of(kind, given_.table, given_.recordings[i], given_.options);
      answered[i] = answer.reason.empty();
      if (!answered[i])
        statistics_.skipped[{kind, answer.reason}].push_back(given_.recordings[i].id);
      if (answered[i] && has_classes(kind)) labels[i] = answer.label;
    }
    const auto thinned = thin(given_, kind, labels);
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (!answered[i]) continue;
      if (thinned[i])
        statistics_.skipped[{kind, "its answer is frequent enough already"}].push_back(
            given_.recordings[i].id);
      else
        plan_.push_back({i, kind, 0, false, {}});
      if (!thinned[i] && has_classes(kind)) ++statistics_.answers[kind][labels[i]];
    }
  }

  std::string question(const PlannedQuestion& planned, const std::string& code,
                       const std::string& asked) const {
    const auto& all = question_wordings(planned.kind, given_.table.all_words().wording());
    Random random = stream_of(given_.seed, given_.recordings[planned.recording].id, planned.kind,
                              code + "/wording");
    return ptbxl::fill_in(all[given_.options.varied ? random.uniform_int(all.size()) : 0], asked);
  }

  GeneratedSample sample(const PlannedQuestion& planned) const {
    const SourceRecording& recording = given_.recordings[planned.recording];
    GeneratedSample result{
        cat(recording.name.empty() ? std::to_string(recording.id) : recording.name, '-',
            name_of(planned.kind)),
        planned.kind, "", "", ""};
    if (planned.kind == QuestionKind::yes_no)
      fill_yes_no(planned, result);
    else if (planned.kind == QuestionKind::choice)
      fill_choice(planned, result);
    else
      fill_whole(planned, result);
    return result;
  }

  void fill_whole(const PlannedQuestion& planned, GeneratedSample& sample) const {
    RecordingAnswer answer =
        answer_of(planned.kind, given_.table, given_.recordings[planned.recording], given_.options);
    sample.label = std::move(answer.label);
    sample.answer = std::move(answer.text);
    sample.question = question(planned, "", answer.asked);
  }

  void fill_yes_no(const PlannedQuestion& planned, GeneratedSample& sample) const {
    sample.label = given_.table[planned.statement].code;
    sample.id += "-" + sample.label;
    sample.question = question(planned, sample.label, given_.table.words(planned.statement).asked);
    sample.answer = planned.yes ? "Yes" : "No";
  }

  void fill_choice(const PlannedQuestion& planned, GeneratedSample& sample) const {
    sample.label = given_.table[planned.statement].code;
    std::string options;
    for (std::size_t i = 0; i < planned.options.size(); ++i) {
      const std::string option =
          cat(static_cast<char>('A' + i), ". ", given_.table.words(planned.options[i]).listed);
      options += (i == 0 ? "" : "\n") + option;
      if (planned.options[i] == planned.statement) sample.answer = option;
    }
    sample.question = question(planned, "", options);
  }

  const GenerationInput& given_;
  GenerationStatistics& statistics_;
  std::vector<Sides> sides_;
  std::vector<PlannedQuestion> plan_;
};

}  // namespace

GenerationStatistics generate_samples(const std::vector<ptbxl::Statement>& statements,
                                      const std::vector<SourceRecording>& recordings,
                                      const std::vector<QuestionKind>& kinds,
                                      const GenerationOptions& options, std::uint64_t seed,
                                      const UseSample& use, const ptbxl::Wording& wording) {
  const StatementTable table(statements, options, wording);
  const GenerationInput given{recordings, table, options, seed};
  GenerationStatistics statistics;
  Maker maker(given, statistics);
  for (const QuestionKind kind : all_question_kinds())
    if (std::find(kinds.begin(), kinds.end(), kind) != kinds.end()) maker.plan(kind);
  maker.write(use);
  return statistics;
}

}  // namespace ecg_lora::instruct
