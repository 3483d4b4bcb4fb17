#include "ecg_lora/instruct/generate/question_file.h"

#include <algorithm>
#include <sstream>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/hash.h"
#include "ecg_lora/base/json_text.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/config/fields.h"
#include "ecg_lora/instruct/generate/generation_statistics.h"
#include "source_recording_json.h"

namespace ecg_lora::instruct {
namespace {

bool needs_statements(QuestionKind kind) {
  return !is_measured(kind) && kind != QuestionKind::report;
}

/// A JSON list that is written item by item.
class SampleFile {
 public:
  explicit SampleFile(const std::string& path) : file_(path) {}

  void add(const SourceRecording& recording, const GeneratedSample& sample) {
    Json item{{"id", sample.id},
              {"image", recording.image},
              {"conversations",
               Json::array({{{"from", "human"}, {"value", "<image>\n" + sample.question}},
                            {{"from", "gpt"}, {"value", sample.answer}}})},
              {"ecg_id", recording.name.empty() ? Json(recording.id) : Json(recording.name)},
              {"patient_id", recording.patient},
              {"fold", recording.fold},
              {"kind", name_of(sample.kind)},
              {"label", sample.label}};
    file_.write((count_++ == 0 ? "[\n" : ",\n") + json_text(item));
  }
  void commit() {
    if (count_ == 0)
      throw_data("no sample could be made of these recordings; choose other kinds or folds");
    file_.write("\n]\n");
    file_.commit();
  }
  std::size_t count() const { return count_; }

 private:
  AtomicFile file_;
  std::size_t count_ = 0;
};

}  // namespace

bool GenerationPlan::measured() const {
  return std::any_of(kinds.begin(), kinds.end(), is_measured);
}

std::vector<ptbxl::Statement> load_statements(const std::string& file,
                                              const collections::Collection& collection) {
  if (!file.empty()) return ptbxl::load_statements(file);
  if (collection.kind() == collections::CollectionKind::ptbxl)
    return ptbxl::load_statements(collection.root() / "scp_statements.csv");
  return {};
}

std::vector<QuestionKind> choose_kinds(const std::vector<std::string>& names, bool has_statements,
                                       const std::string& root) {
  std::vector<QuestionKind> kinds;
  for (const auto& name : names) kinds.push_back(parse_question_kind(name));
  for (const auto kind : kinds)
    if (needs_statements(kind) && !has_statements)
      throw_usage("--kinds ", name_of(kind), " needs SCP statements, which ", root,
                  " has no table of; name PTB-XL's scp_statements.csv with --statements");
  if (!kinds.empty()) return kinds;
  for (const auto kind : all_question_kinds())
    if (has_statements || !needs_statements(kind)) kinds.push_back(kind);
  if (!has_statements)
    log_info(root + " has no table of statements: samples are made of measurements and reports");
  return kinds;
}

void log_wording(const GenerationPlan& plan) {
  ptbxl::WordsOfLabels words(plan.wording);
  for (const auto& one : plan.statements)
    words.take(plan.wording.statement(one.code), one.code, one.description);
  words.log_notices();
}

WrittenQuestions write_questions(const std::string& file, const GenerationPlan& plan,
                                 const std::vector<SourceRecording>& recordings) {
  SampleFile samples(file);
  auto statistics = generate_samples(
      plan.statements, recordings, plan.kinds, plan.options, plan.seed,
      [&](const auto& recording, const auto& sample) { samples.add(recording, sample); },
      plan.wording);
  samples.commit();
  Json report = to_json(statistics);
  report["options"] = config::dump(plan.options);
  report["seed"] = plan.seed;
  report["wording"] = plan.wording.identity();
  write_json(file + ".report.json", report);
  return {samples.count(), std::move(statistics)};
}

std::string part_head(const SourceOptions& options, const GenerationPlan& plan,
                      std::size_t recordings) {
  Json kinds = Json::array(), statements = Json::array();
  for (const auto kind : plan.kinds) kinds.push_back(name_of(kind));
  for (const auto& one : plan.statements) statements.push_back({one.code, one.description});
  return json_text({{"recordings of --root", recordings},
                    {"--folds", options.folds},
                    {"--sampling-rate", options.sampling_rate},
                    {"--measured-rate", options.measured_rate},
                    {"--image-prefix", options.image_prefix ? Json(*options.image_prefix) : Json()},
                    {"--kinds", kinds},
                    {"--set and --per-record", config::dump(plan.options)},
                    {"--seed", plan.seed},
                    {"--wording", plan.wording.identity()},
                    {"--statements", sha256(json_text(statements))}}) +
         "\n";
}

std::string part_text(const std::string& head, const std::vector<SourceRecording>& recordings) {
  std::string text = head;
  for (const auto& recording : recordings) text += json_text(recording_json(recording)) + "\n";
  return text;
}

std::vector<SourceRecording> join_parts(const std::vector<std::string>& parts,
                                        const std::string& head, const std::string& file) {
  std::vector<SourceRecording> recordings;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto origin = cat(file, ".shard-", Shard{i + 1, parts.size()}.name());
    std::istringstream text(parts[i]);
    std::string line;
    std::getline(text, line);
    if (line + "\n" != head)
      throw_usage(origin,
                  " was made with other arguments or recordings, expected those of this "
                  "command; run that shard again with them, or remove the file");
    while (std::getline(text, line))
      recordings.push_back(parse_recording(parse_json(line, origin), origin));
  }
  return recordings;
}

}  // namespace ecg_lora::instruct
