// ecg-lora prepare questions: instruction samples from the metadata of recordings and from measurements on their traces.
#include <algorithm>
#include <charconv>
#include <iostream>
#include <memory>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/config/fields.h"
#include "ecg_lora/instruct/prepare.h"
#include "prepare.h"
#include "prepare_summary.h"

namespace {

using namespace ecg_lora;

struct Arguments {
  std::string root, out, folds = "1-8", image_prefix = "ptb-xl/";
  std::vector<std::string> kinds, sets;
  int sampling_rate = 500, measured_rate = 100;
  std::uint64_t seed = 1;
  std::optional<int> per_record;
};

int fold_number(const std::string& text, const std::string& folds) {
  int value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc() || end != text.data() + text.size() || value < 1 || value > 10)
    throw_usage("--folds '", folds, "': expected folds from 1 to 10 such as 1-8 or 1,2,9, got '", text, "'");
  return value;
}

/// "1-8", "9", "1-3,10".
std::vector<int> parse_folds(const std::string& folds) {
  std::vector<int> result;
  std::istringstream parts(folds);
  for (std::string part; std::getline(parts, part, ',');) {
    const auto dash = part.find('-');
    const int first = fold_number(part.substr(0, dash), folds), last = dash == std::string::npos ? first : fold_number(part.substr(dash + 1), folds);
    for (int fold = first; fold <= last; ++fold) result.push_back(fold);
  }
  if (result.empty()) throw_usage("--folds '", folds, "': expected folds from 1 to 10 such as 1-8 or 1,2,9, got none");
  return result;
}

instruct::PrepareOptions options_of(const Arguments& arguments) {
  Json json = Json::object();
  for (const auto& set : arguments.sets) config::apply_set(json, set);
  if (arguments.per_record) json["per_record"] = *arguments.per_record;
  return config::from_json<instruct::PrepareOptions>(json, "--set");
}

std::vector<instruct::Kind> kinds_of(const Arguments& arguments) {
  std::vector<instruct::Kind> kinds;
  for (const auto& name : arguments.kinds) kinds.push_back(instruct::parse_kind(name));
  if (kinds.empty()) kinds.assign(instruct::all_kinds().begin(), instruct::all_kinds().end());
  return kinds;
}

instruct::Subject subject_of(const ptbxl::RecordInfo& record, const Arguments& arguments) {
  instruct::Subject subject;
  subject.id = record.ecg_id;
  subject.patient = record.patient_id;
  subject.fold = record.strat_fold;
  // The name that ecg-image-kit gives the first page of a recording, as in ECGInstruct.
  subject.image = arguments.image_prefix + (arguments.sampling_rate == 100 ? record.filename_lr : record.filename_hr) + "-0.png";
  subject.age = record.age;
  subject.statements = record.scp_codes;
  subject.report = record.report;
  return subject;
}

/// Measurements of the trace. A file that cannot be read is a reason, which the report counts; the first one's error is logged.
void measure_trace(const std::filesystem::path& waveform, instruct::Subject& subject, std::size_t& unreadable) {
  try {
    const auto record = wfdb::read_record(waveform);
    const auto beats = measure::find_beats(record);
    subject.rhythm = measure::measure_rhythm(beats);
    subject.axis = measure::measure_axis(record, beats);
  } catch (const Error& error) {
    if (error.code() != ExitCode::data) throw;
    if (unreadable++ == 0) log_warn(error.what());
    subject.rhythm = measure::Measured<measure::Rhythm>::none("the recording cannot be read");
    subject.axis = measure::Measured<measure::Axis>::none("the recording cannot be read");
  }
}

std::vector<instruct::Subject> read_subjects(const ptbxl::Database& database, const Arguments& arguments, bool measured) {
  const auto folds = parse_folds(arguments.folds);
  std::vector<const ptbxl::RecordInfo*> records;
  for (const auto& record : database.records)
    if (std::find(folds.begin(), folds.end(), record.strat_fold) != folds.end()) records.push_back(&record);
  if (records.empty()) throw_data(database.root.string(), ": expected recordings in folds ", arguments.folds, ", got none of ", database.records.size(), "; choose other folds");
  std::vector<instruct::Subject> subjects;
  Progress progress("measuring", static_cast<std::int64_t>(records.size()), "records");
  std::size_t unreadable = 0;
  for (const auto* record : records) {
    subjects.push_back(subject_of(*record, arguments));
    if (!measured) continue;
    throw_if_interrupted("measuring recordings");
    measure_trace(database.waveform(*record, arguments.measured_rate), subjects.back(), unreadable);
    progress.advance();
  }
  if (measured) progress.finish();
  if (unreadable > 0) log_warn(cat(unreadable, " of ", records.size(), " recordings cannot be read and are not measured"));
  return subjects;
}

std::string to_text(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

/// A JSON list that is written item by item.
class ItemFile {
 public:
  explicit ItemFile(const std::string& path) : file_(path) {}

  void add(const instruct::Subject& subject, const instruct::Prepared& sample) {
    Json item{{"id", sample.id},
              {"image", subject.image},
              {"conversations", Json::array({{{"from", "human"}, {"value", "<image>\n" + sample.question}}, {{"from", "gpt"}, {"value", sample.answer}}})},
              {"ecg_id", subject.id},
              {"patient_id", subject.patient},
              {"fold", subject.fold},
              {"kind", name_of(sample.kind)},
              {"label", sample.label}};
    file_.write((count_++ == 0 ? "[\n" : ",\n") + to_text(item));
  }
  void commit() {
    if (count_ == 0) throw_data("no sample could be made of these recordings; choose other kinds or folds");
    file_.write("\n]\n");
    file_.commit();
  }
  std::size_t count() const { return count_; }

 private:
  AtomicFile file_;
  std::size_t count_ = 0;
};

void run(const Arguments& arguments) {
  const auto options = options_of(arguments);
  const auto kinds = kinds_of(arguments);
  const auto database = ptbxl::load_database(arguments.root);
  const bool measured = std::any_of(kinds.begin(), kinds.end(), instruct::is_measured);
  const auto subjects = read_subjects(database, arguments, measured);
  ItemFile file(arguments.out);
  const auto tally = instruct::make_questions(database.statements, subjects, kinds, options, arguments.seed, [&](const auto& subject, const auto& sample) { file.add(subject, sample); });
  file.commit();
  Json report = tools::describe(tally);
  report["options"] = config::dump(options);
  report["seed"] = arguments.seed;
  write_json(arguments.out + ".report.json", report);
  std::cout << "wrote " << arguments.out << ": " << file.count() << " samples of " << subjects.size() << " recordings\n";
  tools::print(tally);
  std::cout << "\nwhich recordings, and all counts: " << arguments.out << ".report.json\n";
}

}  // namespace

void add_questions_command(CLI::App& app) {
  const auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("questions", "Instruction samples (ECGInstruct JSON) from PTB-XL's statements, reports and traces");
  command->add_option("--root", arguments->root, "Folder in PTB-XL's layout")->required();
  command->add_option("--out", arguments->out, "JSON to write; FILE.report.json beside it says what was left out, and why")->required();
  command->add_option("--folds", arguments->folds, "Folds, such as 1-8 or 9,10")->capture_default_str();
  command->add_option("--kinds", arguments->kinds, "Of yes_no, choice, list, categories, rhythm, rate, rate_class, regularity, axis, findings, report")->delimiter(',')->default_str("all");
  command->add_option("--per-record", arguments->per_record, "Most yes_no samples of a recording; 0: no limit");
  command->add_option("--seed", arguments->seed, "Equal seeds give equal files")->capture_default_str();
  command->add_option("--image-prefix", arguments->image_prefix, "Comes before the names of images, which end as <filename>-0.png")->capture_default_str();
  command->add_option("--sampling-rate", arguments->sampling_rate, "Of the recordings that the names stand for, Hz")->check(CLI::IsMember({100, 500}))->capture_default_str();
  command->add_option("--measured-rate", arguments->measured_rate, "Of the recordings that are measured, Hz")->check(CLI::IsMember({100, 500}))->capture_default_str();
  command->add_option("--set", arguments->sets, "An option, for example options=5");
  command->footer("Example: ecg-lora prepare questions --root ptb-xl --folds 1-8 --out train.json --kinds yes_no,rate,axis --seed 1\n\nFields of --set:\n" +
                  config::help<instruct::PrepareOptions>());
  command->callback([arguments] { run(*arguments); });
}
