#include "ecg_lora/synthetic/cohort/dataset.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "cohort.h"
#include "cohort_conditions.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/parallel.h"
#include "ecg_lora/base/progress.h"
#include "tables.h"

namespace ecg_lora::synthetic {

Preset parse_preset(const std::string& name) {
  if (name == "conditions") return Preset::conditions;
  if (name == "findings") return Preset::findings;
  if (name == "cohort") return Preset::cohort;
  throw_usage("preset: expected conditions, findings or cohort, got '", name,
              "'; name one of these");
}

namespace {

namespace fs = std::filesystem;

constexpr int kFolds = 10;
constexpr std::array<int, 3> kDefaultPatients = {600, 3000, 1000};  // by preset

// Keys of the random streams: each draw is a pure function of the seed, its stream and its number.
enum Stream : std::uint64_t {
  kPatientStream = 1,
  kConditionStream,
  kRecordingStream,
  kSignalStream,
  kVisitStream
};

/// Gives patients with 1, 2 and 3 records to the folds in turn, and the conditions of each fold's
/// shuffled list: one to each record, or (cohort) to each patient.
std::vector<Visit> plan_visits(Preset preset, int patients, std::uint64_t seed) {
  const bool cohort = preset == Preset::cohort;
  const std::size_t entries = cohort ? principal_list_size() : main_condition_list_size();
  std::vector<Visit> visits;
  std::array<std::vector<std::size_t>, kFolds + 1> lists;
  Random random{seed, kConditionStream};
  for (int patient = 0; patient < patients; ++patient) {
    const int records = 1 + patient % 3, fold = 1 + patient / 3 % kFolds;
    for (int k = 0; k < records; ++k) {
      std::vector<std::size_t>& list = lists[fold];
      if (list.empty()) {
        for (std::size_t entry = 0; entry < entries; ++entry) list.push_back(entry);
        random.shuffle(list);
      }
      visits.push_back({static_cast<int>(visits.size()) + 1, patient + 1, fold, list.back(), k});
      if (!cohort || k == records - 1) list.pop_back();
    }
  }
  return visits;
}

void write_waveforms(const fs::path& root, const Visit& visit, const RecordingSpec& drawn,
                     const DatasetOptions& options) {
  for (const int rate : options.sampling_rates) {
    // The same stream at either rate: the same beats.
    Random random{options.seed, kSignalStream, static_cast<std::uint64_t>(visit.id)};
    wfdb::write_record(root / waveform_name(visit.id, rate),
                       synthesise(drawn.morphology, options.seconds, rate, random));
  }
}

/// Writes the recording and returns its row. A pure function of the options and the visit.
std::string write_visit(const fs::path& root, const Visit& visit, const DatasetOptions& options) {
  const auto stream = [&](Stream name, int key) {
    return Random{options.seed, name, static_cast<std::uint64_t>(key)};
  };
  Random person = stream(kPatientStream, visit.patient),
         random = stream(kRecordingStream, visit.id), row = stream(kVisitStream, visit.id);
  if (options.preset == Preset::cohort) {
    const CohortPatient patient = draw_cohort_patient(visit.entry, person);
    const RecordingSpec drawn = draw_cohort_visit(patient, visit.number, random);
    write_waveforms(root, visit, drawn, options);
    return database_row(visit, patient.age, patient.sex, drawn, row);
  }
  const Patient patient = draw_patient(person);
  const RecordingSpec drawn = options.preset == Preset::conditions
                                  ? draw_conditions(patient, visit.entry, random)
                                  : draw_findings(random);
  write_waveforms(root, visit, drawn, options);
  return database_row(visit, patient.age, patient.sex, drawn, row);
}

void check(const DatasetOptions& options) {
  if (options.patients < 0 || options.patients > 30000) {
    throw_usage("synth data: expected 1 to 30000 patients (0 for the preset's default), got ",
                options.patients);
  }
  if (options.workers < 0 || options.workers > 1024) {
    throw_usage("synth data: expected 0 to 1024 workers (0 for one per processor), got ",
                options.workers);
  }
  if (!(options.seconds >= 1 && options.seconds <= 3600))
    throw_usage("synth data: expected recordings of 1 to 3600 seconds, got ", options.seconds);
  if (options.sampling_rates.empty())
    throw_usage("synth data: expected sampling rates of 100 or 500 Hz, got none");
  for (const int rate : options.sampling_rates) {
    if (rate != 100 && rate != 500) {
      throw_usage("synth data: expected sampling rates of 100 or 500 Hz, as PTB-XL has them, got ",
                  rate);
    }
  }
}

}  // namespace

const std::vector<ptbxl::Statement>& statements(Preset preset) {
  if (preset == Preset::cohort) return cohort_statements();
  return preset == Preset::conditions ? condition_statements() : finding_statements();
}

void write_dataset(const fs::path& out, const DatasetOptions& options) {
  check(options);
  const int patients = options.patients > 0
                           ? options.patients
                           : kDefaultPatients[static_cast<std::size_t>(options.preset)];
  AtomicFolder folder(out);
  const std::vector<Visit> visits = plan_visits(options.preset, patients, options.seed);
  for (const int rate : options.sampling_rates) {
    for (int id = 1; id <= static_cast<int>(visits.size());
         id = (id / kRecordsAFolder + 1) * kRecordsAFolder)
      fs::create_directories((folder.staging() / waveform_name(id, rate)).parent_path());
  }
  std::vector<std::string> rows(visits.size());
  Progress progress("synthesising", static_cast<std::int64_t>(visits.size()), "records");
  const auto write = [&](std::size_t i) {
    throw_if_interrupted("the synthetic data set");
    rows[i] = write_visit(folder.staging(), visits[i], options);
  };
  parallel_for(visits.size(), options.workers, write, &progress);
  progress.finish();
  std::string database = database_columns();
  for (const std::string& row : rows) database += row;
  write_file(folder.staging() / "ptbxl_database.csv", database);
  write_file(folder.staging() / "scp_statements.csv", statement_table(options.preset));
  folder.commit();
}

}  // namespace ecg_lora::synthetic
