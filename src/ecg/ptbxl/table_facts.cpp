#include "ecg_lora/ecg/ptbxl/table_facts.h"

#include <map>
#include <mutex>
#include <unordered_map>

#include "ecg_lora/base/csv.h"
#include "records.h"

namespace ecg_lora::ptbxl {
namespace {

namespace fs = std::filesystem;

constexpr int kFoldersAbove = 3;  ///< records100/00000/00001_lr is two folders below the table

using Rows =
    std::unordered_map<std::string, wfdb::PatientFacts>;  ///< by path below the table's folder

Rows read_rows(const fs::path& table) {
  Rows rows;
  for (const auto& record : read_records(CsvReader(table)))
    for (const auto& name : {record.filename_lr, record.filename_hr})
      rows.emplace(fs::path(name).lexically_normal().string(), facts_of(record));
  return rows;
}

}  // namespace

struct TableFacts::State {
  std::mutex mutex;
  std::map<fs::path, Rows> tables;

  const Rows& rows(const fs::path& table) {
    const std::lock_guard<std::mutex> lock(mutex);
    const auto known = tables.find(table);
    return known != tables.end() ? known->second
                                 : tables.emplace(table, read_rows(table)).first->second;
  }
};

TableFacts::TableFacts() : state_(std::make_unique<State>()) {}
TableFacts::~TableFacts() = default;

wfdb::PatientFacts TableFacts::of(const fs::path& record) const {
  const auto path = fs::absolute(record).lexically_normal();
  auto folder = path.parent_path();
  for (int i = 0; i < kFoldersAbove && folder != folder.root_path(); ++i) {
    folder = folder.parent_path();
    const auto table = folder / "ptbxl_database.csv";
    std::error_code error;
    if (!fs::is_regular_file(table, error)) continue;
    const auto& rows = state_->rows(table);
    const auto row = rows.find(path.lexically_relative(folder).string());
    return row == rows.end() ? wfdb::PatientFacts{} : row->second;
  }
  return {};
}

wfdb::PatientFacts facts_of(const RecordInfo& record) {
  return {std::to_string(record.patient_id), record.age, record.sex, record.recording_date};
}

}  // namespace ecg_lora::ptbxl
