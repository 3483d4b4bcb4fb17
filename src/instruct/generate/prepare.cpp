#include "ecg_lora/instruct/generate/prepare.h"

#include <algorithm>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/suggest.h"
#include "ecg_lora/instruct/format/record_questions.h"
#include "ecg_lora/instruct/generate/prepare_wording.h"
#include "prepare_answers.h"
#include "prepare_balance.h"

namespace ecg_lora::instruct {
namespace {

constexpr std::array<const char*, kKinds> kNames = {
    "yes_no",     "choice",     "list", "categories", "rhythm", "rate",
    "rate_class", "regularity", "axis", "findings",   "report"};

/// Makes samples of one plan; the plan is drawn up first, so that texts are never held for more
/// than one sample.
class Maker {
 public:
  Maker(const Case& given, GenerationStatistics& statistics)
      : given_(given), statistics_(statistics) {}

  void plan(Kind kind) {
    if (kind != Kind::yes_no && kind != Kind::choice) return plan_whole(kind);
    if (sides_.empty()) sides_ = sides_of(given_, statistics_);
    add(kind == Kind::yes_no ? plan_yes_no(given_, sides_, statistics_)
                             : plan_choices(given_, sides_, statistics_),
        kind);
  }

  void write(const WriteSample& write) {
    std::stable_sort(plan_.begin(), plan_.end(), [](const Planned& a, const Planned& b) {
      return std::tuple(a.subject, a.kind, a.statement) <
             std::tuple(b.subject, b.kind, b.statement);
    });
    for (const Planned& planned : plan_) {
      ++statistics_.samples[planned.kind];
      write(given_.subjects[planned.subject], sample(planned));
    }
  }

 private:
  void add(std::vector<Planned> planned, Kind kind) {
    std::vector<bool> asked(given_.subjects.size(), false);
    for (const Planned& p : planned) asked[p.subject] = true;
    auto& skipped = statistics_.skipped;
    const std::string why = kind == Kind::yes_no ? "no statement left to ask after balancing"
                                                 : "no statement left to choose after balancing";
    std::vector<std::int64_t> named;  // with another reason already
    for (const auto& [key, ids] : skipped)
      if (key.first == kind) named.insert(named.end(), ids.begin(), ids.end());
    std::sort(named.begin(), named.end());
    for (std::size_t i = 0; i < asked.size(); ++i)
      if (const auto id = given_.subjects[i].id;
          !asked[i] && !std::binary_search(named.begin(), named.end(), id))
        skipped[{kind, why}].push_back(id);
    std::move(planned.begin(), planned.end(), std::back_inserter(plan_));
  }

  void plan_whole(Kind kind) {
    std::vector<std::string> labels(given_.subjects.size());
    std::vector<bool> answered(labels.size());
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const Answer answer = answer_of(kind, given_.table, given_.subjects[i], given_.options);
      answered[i] = answer.reason.empty();
      if (!answered[i]) statistics_.skipped[{kind, answer.reason}].push_back(given_.subjects[i].id);
      if (answered[i] && has_classes(kind)) labels[i] = answer.label;
    }
    const auto thinned = thin(given_, kind, labels);
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (!answered[i]) continue;
      if (thinned[i])
        statistics_.skipped[{kind, "its answer is frequent enough already"}].push_back(
            given_.subjects[i].id);
      else
        plan_.push_back({i, kind, 0, false, {}});
      if (!thinned[i] && has_classes(kind)) ++statistics_.answers[kind][labels[i]];
    }
  }

  std::string question(const Planned& planned, const std::string& code,
                       const std::string& asked) const {
    const auto& all = wordings(planned.kind, given_.table.all_words().wording());
    Random random = stream_of(given_.seed, given_.subjects[planned.subject].id, planned.kind,
                              code + "/wording");
    return ptbxl::fill_in(all[given_.options.varied ? random.uniform_int(all.size()) : 0], asked);
  }

  GeneratedSample sample(const Planned& planned) const {
    const Subject& subject = given_.subjects[planned.subject];
    GeneratedSample result{cat(subject.name.empty() ? std::to_string(subject.id) : subject.name,
                               '-', name_of(planned.kind)),
                           planned.kind, "", "", ""};
    if (planned.kind != Kind::yes_no && planned.kind != Kind::choice) {
      Answer answer = answer_of(planned.kind, given_.table, subject, given_.options);
      result.label = std::move(answer.label);
      result.answer = std::move(answer.text);
      result.question = question(planned, "", answer.asked);
      return result;
    }
    const auto& statement = given_.table[planned.statement];
    result.label = statement.code;
    if (planned.kind == Kind::yes_no) {
      result.id += "-" + statement.code;
      result.question =
          question(planned, statement.code, given_.table.words(planned.statement).asked);
      result.answer = planned.yes ? "Yes" : "No";
      return result;
    }
    std::string options;
    for (std::size_t i = 0; i < planned.options.size(); ++i) {
      const std::string option =
          cat(static_cast<char>('A' + i), ". ", given_.table.words(planned.options[i]).listed);
      options += (i == 0 ? "" : "\n") + option;
      if (planned.options[i] == planned.statement) result.answer = option;
    }
    result.question = question(planned, "", options);
    return result;
  }

  const Case& given_;
  GenerationStatistics& statistics_;
  std::vector<Sides> sides_;
  std::vector<Planned> plan_;
};

}  // namespace

const std::array<Kind, kKinds>& all_kinds() {
  static const std::array<Kind, kKinds> kAllKinds = {
      Kind::yes_no,     Kind::choice,     Kind::list, Kind::categories, Kind::rhythm, Kind::rate,
      Kind::rate_class, Kind::regularity, Kind::axis, Kind::findings,   Kind::report};
  return kAllKinds;
}

const char* name_of(Kind kind) {
  return kNames[static_cast<std::size_t>(kind)];
}

Kind parse_kind(const std::string& name) {
  for (const Kind kind : all_kinds())
    if (name == name_of(kind)) return kind;
  throw_usage("kind '", name,
              "': expected one of yes_no, choice, list, categories, rhythm, rate, rate_class, "
              "regularity, axis, findings, report; the nearest is '",
              nearest(name, {kNames.begin(), kNames.end()}), "'");
}

bool is_measured(Kind kind) {
  return kind == Kind::rate || kind == Kind::rate_class || kind == Kind::regularity ||
         kind == Kind::axis || kind == Kind::findings;
}

GenerationStatistics make_questions(const std::vector<ptbxl::Statement>& statements,
                                    const std::vector<Subject>& subjects,
                                    const std::vector<Kind>& kinds, const PrepareOptions& options,
                                    std::uint64_t seed, const WriteSample& write,
                                    const ptbxl::Wording& wording) {
  const StatementTable table(statements, options, wording);
  const Case given{subjects, table, options, seed};
  GenerationStatistics statistics;
  Maker maker(given, statistics);
  for (const Kind kind : all_kinds())
    if (std::find(kinds.begin(), kinds.end(), kind) != kinds.end()) maker.plan(kind);
  maker.write(write);
  return statistics;
}

}  // namespace ecg_lora::instruct
