#include "ecg_lora/evaluation/scoring/task_source.h"

#include <algorithm>
#include <map>
#include <set>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/join.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/instruct/format/instruction_file.h"
#include "task_formats.h"

namespace ecg_lora::evaluation {
namespace {

namespace fs = std::filesystem;

/// ecg_id that the name of a page stands for: "records500/00000/00009_hr-0.png", "HR00009.mat" or
/// "9" is 9.
std::optional<int> ecg_id_of(const std::string& page) {
  auto stem = fs::path(page).filename().string();
  if (stem.starts_with("HR")) stem = stem.substr(2);
  const auto digits = std::min(stem.find_first_not_of("0123456789"), stem.size());
  const auto rest = stem.substr(digits);
  const bool plain = rest.empty() || rest[0] == '.' || rest[0] == '-' || rest.starts_with("_hr") ||
                     rest.starts_with("_lr");
  if (digits == 0 || digits > 8 || !plain) return std::nullopt;
  return std::stoi(stem.substr(0, digits));
}

class Patients {
 public:
  explicit Patients(const ptbxl::Database* database) {
    if (database)
      for (const auto& record : database->records) patient_[record.ecg_id] = record.patient_id;
  }
  /// Of the first page; empty where it is no record of the data set.
  std::string of(const std::vector<std::string>& pages) const {
    const auto id = pages.empty() || patient_.empty() ? std::nullopt : ecg_id_of(pages.front());
    const auto found = id ? patient_.find(*id) : patient_.end();
    return found == patient_.end() ? "" : std::to_string(found->second);
  }

 private:
  std::map<int, int> patient_;
};

/// What golds of ECG-QA name, by type and topic: the options of questions that list none.
using Known = std::map<std::pair<std::string, std::string>, std::set<std::string>>;

class TaskReader {
 public:
  TaskReader(std::string task, TaskFormat format, const Patients& patients, bool skip_bad)
      : task_(std::move(task)),
        format_(std::move(format)),
        patients_(patients),
        skip_bad_(skip_bad) {}

  std::vector<TaskQuestion> read(const fs::path& path) {
    const instruct::InstructionFile file(path,
                                         skip_bad_ ? instruct::OnBad::skip : instruct::OnBad::stop);
    for (const auto& skipped : file.skipped()) refuse(skipped.reason);
    unread_.add(file.unread());
    const auto known = known_options(file);
    for (std::size_t i = 0; i < file.entries().size(); ++i) {
      const auto item = file.item(i);
      for (std::size_t turn = 0; turn < item.turns.size(); ++turn)
        if (item.turns[turn].role == "assistant") add(item, turn, known, file.name(i));
    }
    return std::move(questions_);
  }
  std::int64_t skipped() const { return skipped_; }
  std::int64_t repeated() const { return repeated_; }
  const std::string& first_reason() const { return first_reason_; }
  const instruct::UnreadContent& unread() const { return unread_; }

 private:
  static Known known_options(const instruct::InstructionFile& file) {
    Known known;
    for (std::size_t i = 0; i < file.entries().size(); ++i) {
      if (file.entries()[i].kind == 0) continue;
      const auto item = file.item(i);
      auto& names = known[{item.kind, item.topic}];
      const auto& answer = item.turns.back().content;  // joined by ", "
      for (std::size_t at = 0; at <= answer.size();) {
        const auto comma = std::min(answer.find(", ", at), answer.size());
        names.insert(answer.substr(at, comma - at));
        at = comma + 2;
      }
    }
    return known;
  }

  void refuse(const std::string& reason) {
    if (skipped_++ == 0) first_reason_ = reason;
  }

  void add(const instruct::InstructionItem& item, std::size_t turn, const Known& known,
           const std::string& where) try {
    TaskQuestion q;
    q.turns.assign(item.turns.begin(), item.turns.begin() + static_cast<std::ptrdiff_t>(turn));
    q.images = item.images, q.where = where;
    auto& a = q.answer;
    const bool several = item.turns.size() > 3;
    a.task = task_, a.type = item.kind;
    a.id = (item.id.empty() ? cat("item ", where.substr(where.rfind("item ") + 5)) : item.id) +
           (several ? cat("#", turn) : "");
    a.question = q.turns.back().content, a.reference = item.turns[turn].content;
    a.record = joined(item.images, {}, "; "), a.patient = patients_.of(item.images);
    const auto names = known.find({item.kind, item.topic});
    understand(a, format_, item,
               names == known.end()
                   ? std::vector<std::string>{}
                   : std::vector<std::string>(names->second.begin(), names->second.end()),
               where);
    q.file_id = a.id;
    if (const int times = ++ids_[a.id]; times > 1) a.id += cat(" (", times, ")"), ++repeated_;
    questions_.push_back(std::move(q));
  } catch (const Error& error) {
    if (!skip_bad_) throw;
    refuse(error.what());
  }

  std::string task_;
  TaskFormat format_;
  const Patients& patients_;
  bool skip_bad_;
  std::vector<TaskQuestion> questions_;
  std::map<std::string, int> ids_;
  std::int64_t skipped_ = 0, repeated_ = 0;
  std::string first_reason_;
  instruct::UnreadContent unread_;
};

std::vector<TaskQuestion> some(std::vector<TaskQuestion> all, int limit) {
  const auto wanted = static_cast<std::size_t>(limit);
  if (limit == 0) return all;
  std::vector<TaskQuestion> few;
  const auto kept = std::min(wanted, all.size());
  for (std::size_t i = 0; i < kept; ++i) few.push_back(std::move(all[i * all.size() / kept]));
  for (auto& q : few) q.answer.sample = limit;
  return few;
}

/// What the files hold, and what of it cannot be used.
struct AllQuestions {
  std::vector<TaskQuestion> questions;
  std::int64_t skipped = 0, repeated = 0;
  std::string reason;
  instruct::UnreadContent unread;

  void add(TaskReader reader, const fs::path& path, int limit) {
    for (auto& question : some(reader.read(path), limit)) questions.push_back(std::move(question));
    skipped += reader.skipped(), repeated += reader.repeated();
    unread.add(reader.unread());
    if (reason.empty()) reason = reader.first_reason();
  }
};

void add_notices(const AllQuestions& all, std::vector<report::Notice>& notices) {
  notices.push_back({"questions_left_out", all.skipped,
                     "questions cannot be used and are left out, the first because " + all.reason});
  notices.push_back({"questions_with_repeated_id", all.repeated,
                     "questions have the id of one before them in their file; the second is "
                     "called \"ID (2)\""});
  if (!all.unread.empty()) log_warn(cat("tasks.files: ", all.unread.sentence()));
  std::int64_t unknown = 0;
  for (const auto& q : all.questions) unknown += q.answer.patient.empty();
  notices.push_back({"questions_without_patient", unknown,
                     "questions are of pages whose patient is not known; each page counts as a "
                     "patient in the intervals"});
}

}  // namespace

std::vector<TaskQuestion> read_questions(const TasksConfig& config, const ptbxl::Database* database,
                                         bool skip_bad, int limit,
                                         std::vector<report::Notice>& notices) {
  if (!config.kinds.empty() && config.kinds.size() != config.files.size())
    throw_usage("tasks.kinds has ", config.kinds.size(), " entries for ", config.files.size(),
                " of tasks.files, expected one each, or none");
  const Patients patients(database);
  AllQuestions all;
  std::map<std::string, std::string> file_of;
  for (std::size_t f = 0; f < config.files.size(); ++f)
    for (const auto& path : instruct::instruction_files(config.files[f])) {
      const auto task = path.stem().string();
      if (const auto [first, fresh] = file_of.emplace(task, path.string()); !fresh)
        throw_usage("tasks.files: ", path.string(), " and ", first->second,
                    " have one name, expected another name for each task; rename one of them");
      const auto kind = config.kinds.empty() ? "auto" : config.kinds[f];
      all.add({task, task_format(kind, task, config.labels), patients, skip_bad}, path, limit);
    }
  add_notices(all, notices);
  if (all.questions.empty())
    throw_data("tasks.files hold no question that can be used (", all.skipped,
               " left out, the first because ", all.reason,
               "), expected at least one; choose other files or tasks.kinds");
  return std::move(all.questions);
}

}  // namespace ecg_lora::evaluation
