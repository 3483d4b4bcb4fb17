#include <algorithm>

#include "kinds.h"

namespace ecg_lora::collections {
namespace {

/// Whether the table is of PTB-XL itself (or a part of it), and not of another data set in its
/// layout: its ecg_ids were given in the order of recording.
bool is_the_original(const ptbxl::Database& database) {
  std::vector<std::pair<int, std::string_view>> recorded;
  for (const auto& record : database.records)
    recorded.emplace_back(record.ecg_id, record.recording_date);
  std::sort(recorded.begin(), recorded.end());
  const auto later_first = [](const auto& a, const auto& b) { return a.second > b.second; };
  return !recorded.empty() && !recorded.front().second.empty() &&
         std::adjacent_find(recorded.begin(), recorded.end(), later_first) == recorded.end();
}

class PtbxlCollection : public Collection {
 public:
  PtbxlCollection(std::shared_ptr<const ptbxl::Database> database, int sampling_rate)
      : Collection(CollectionKind::ptbxl, database->root),
        database_(std::move(database)),
        rate_(sampling_rate) {
    evidence_ = "ptbxl_database.csv";
    original_ = is_the_original(*database_);
    if (original_) scope_ = "ptb-xl";
    database_->waveform({}, rate_);  // refuses another rate than 100 and 500 Hz
  }

  std::size_t size() const override { return database_->records.size(); }

  CollectionItem item(std::size_t index) const override {
    const ptbxl::RecordInfo& record = database_->records.at(index);
    CollectionItem item;
    item.id = std::to_string(record.ecg_id);
    item.patient = std::to_string(record.patient_id);
    item.origin = original_ ? "ptb-xl/" + item.id : "";
    item.waveform = database_->waveform(record, rate_);
    item.age = record.age;
    item.sex = record.sex;
    item.scheme = Scheme::scp;
    item.statements = record.scp_codes;
    item.report = record.report;
    item.recorded = record.recording_date;
    item.fold = record.strat_fold;
    return item;
  }

 private:
  std::shared_ptr<const ptbxl::Database> database_;
  int rate_;
  bool original_ = false;
};

}  // namespace

std::unique_ptr<Collection> ptbxl_collection(std::shared_ptr<const ptbxl::Database> database,
                                             int sampling_rate) {
  return std::make_unique<PtbxlCollection>(std::move(database), sampling_rate);
}

std::unique_ptr<Collection> open_ptbxl(const std::filesystem::path& root,
                                       const OpenOptions& options) {
  return ptbxl_collection(std::make_shared<const ptbxl::Database>(
                              ptbxl::load_database(root, options.recording_folders)),
                          options.sampling_rate);
}

}  // namespace ecg_lora::collections
