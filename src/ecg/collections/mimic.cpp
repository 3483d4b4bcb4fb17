#include <cmath>

#include "ecg_lora/ecg/collections/folds.h"
#include "kinds.h"
#include "mimic_table.h"

namespace ecg_lora::collections {
namespace {

std::optional<double> measured(float value) {
  return std::isnan(value) ? std::nullopt : std::optional<double>(value);
}

class MimicCollection : public Collection {
 public:
  MimicCollection(const std::filesystem::path& root, std::uint64_t seed)
      : Collection(CollectionKind::mimic, root), table_(read_mimic_tables(root)) {
    evidence_ = "record_list.csv";
    scope_ = "mimic-iv";
    notices_ = std::move(table_.notices);
    const MimicRow* last = nullptr;
    for (MimicRow& row : table_.rows) {
      const bool same = last != nullptr && last->subject == row.subject;
      row.fold =
          same ? last->fold : static_cast<std::uint8_t>(fold_of(seed, std::to_string(row.subject)));
      last = &row;
    }
  }

  std::size_t size() const override { return table_.rows.size(); }

  CollectionItem item(std::size_t index) const override {
    const MimicRow& row = table_.rows.at(index);
    CollectionItem item;
    item.id = std::to_string(row.study);
    item.patient = std::to_string(row.subject);
    item.origin = "mimic-iv-ecg/" + item.id;
    item.waveform = root_ / table_.path(index);
    if (row.age >= 0) item.age = row.age;
    if (row.sex >= 0) item.sex = row.sex;
    for (std::size_t i = 0; i < row.report_size; ++i) {
      if (i > 0) item.report += '\n';
      item.report += table_.phrases.at(table_.lines[row.report + i]);
    }
    if (row.recorded[0] != '\0') item.recorded.assign(row.recorded.data(), row.recorded.size());
    item.fold = row.fold;
    if (row.measured) item.measurements = measurements(row);
    return item;
  }

 private:
  Measurements measurements(const MimicRow& row) const {
    const auto& v = row.values;
    return {measured(v[0]),
            measured(v[1]),
            measured(v[2]),
            measured(v[3]),
            measured(v[4]),
            measured(v[5]),
            measured(v[6]),
            measured(v[7]),
            measured(v[8]),
            table_.phrases.at(row.bandwidth),
            table_.phrases.at(row.filtering)};
  }

  MimicTable table_;
};

}  // namespace

std::unique_ptr<Collection> open_mimic(const std::filesystem::path& root,
                                       const OpenOptions& options) {
  return std::make_unique<MimicCollection>(root, options.seed);
}

}  // namespace ecg_lora::collections
