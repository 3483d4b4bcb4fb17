#include "base/expect_error.h"
#include "ecg/leakage/search.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/ecg/leakage/audit.h"
#include "ecg_lora/synthetic/heart/signal.h"
#include "leakage/copies.h"
#include "ptbxl/tables.h"
#include "support/shared_data.h"

namespace ecg_lora::leakage {
namespace {

using testing::at_rate;
using testing::changed;
using testing::cut;
using testing::error_of;
using testing::has;
using testing::noisy;
using testing::TemporaryFolder;
using testing::wave;

wfdb::Record recording(std::uint64_t seed, double rate = 500) {
  Random random{seed};
  synthetic::Morphology morphology;
  morphology.heart_rate = random.uniform(50, 110);
  morphology.rr_irregularity = 0.03;
  morphology.frontal_axis = random.uniform(-30, 90);
  morphology.qrs_amplitude = random.uniform(0.8, 1.6);
  return synthetic::synthesise(morphology, 10, rate, random);
}

Match match_of(const wfdb::Record& a, const wfdb::Record& b, std::ptrdiff_t lag = 0) {
  return match(make_trace(a), make_trace(b), lag, 350, 0.9);
}

TEST(ComparedTrace, DoesNotDependOnTheRate) {
  const wfdb::Record record = recording(1);
  for (const double rate : {250.0, 257.0, 1000.0}) {
    const Match found = match_of(record, at_rate(record, rate));
    EXPECT_GT(found.correlation, 0.999) << rate;
    EXPECT_NEAR(found.lag, 0, 0.3) << rate;
    EXPECT_NEAR(found.gain, 1, 0.02) << rate;
  }
}

TEST(ComparedTrace, MatchFindsShiftAndGain) {
  const wfdb::Record record = recording(2);
  const wfdb::Record later =
      changed(cut(record, 1.506, 9), [](double v, double) { return 0.4 * v + 0.2; });
  const Match found = match_of(record, later, 149);
  EXPECT_GT(found.correlation, 0.999);
  EXPECT_NEAR(found.lag, 150.6, 0.05) << "to a fraction of a sample";
  EXPECT_NEAR(found.gain, 0.4, 0.005);
  EXPECT_LT(match_of(record, recording(3)).correlation, 0.9);
}

TEST(ComparedTrace, SaysWhyARecordCannotBeCompared) {
  const wfdb::Record record = recording(4);
  const auto error = [](const wfdb::Record& r) {
    return error_of(ExitCode::data, [&] { make_trace(r); });
  };
  EXPECT_TRUE(has(error(cut(record, 0, 4.5)), "4.5 s long, expected 5 s"));
  EXPECT_TRUE(has(error(changed(record, [](double, double) { return 0.3; })), "flat"));
  EXPECT_TRUE(
      has(error(changed(record, [](double v, double t) { return t < 3 ? std::nan("") : v; })),
          "1500 of 5000 samples of its lead I are invalid"));
  wfdb::Record other = record;
  other.leads[1].name = "MLII";
  EXPECT_TRUE(has(error(other), "it has no lead II"));
  const wfdb::Record gap =
      changed(record, [](double v, double t) { return t > 3 && t < 3.05 ? std::nan("") : v; });
  EXPECT_GT(match_of(record, gap).correlation, 0.98) << "a short gap is bridged";
}

/// A folder of WFDB recordings with one copy of each kind, and what should be found.
struct Kind {
  const char* name;
  std::function<wfdb::Record(const wfdb::Record&)> copy;
};
const Kind kKinds[] = {
    {"same", [](const wfdb::Record& r) { return r; }},
    {"rate100", [](const wfdb::Record& r) { return at_rate(r, 100); }},
    {"gain",
     [](const wfdb::Record& r) { return changed(r, [](double v, double) { return 0.5 * v; }); }},
    {"cut", [](const wfdb::Record& r) { return cut(r, 2.2, 8.1); }},
    {"noise", [](const wfdb::Record& r) { return noisy(r, 0.03, 1); }},
    {"drift", [](const wfdb::Record& r) { return wave(r, 0.2, 0.2); }},
    {"mains", [](const wfdb::Record& r) { return wave(r, 0.1, 50); }},
};

void write_copies(const TemporaryFolder& folder) {
  std::filesystem::create_directories(folder / "a");
  std::filesystem::create_directories(folder / "b");
  std::uint64_t seed = 10;
  for (const Kind& kind : kKinds) {
    const wfdb::Record record = recording(seed++);
    wfdb::write_record(folder / "a" / kind.name, record);
    wfdb::write_record(folder / "b" / kind.name, kind.copy(record));
  }
  for (int i = 0; i < 20; ++i)
    wfdb::write_record(folder / (i % 2 == 0 ? "a" : "b") / cat("other", i), recording(seed++));
}

TEST(AuditTraces, FindsCopiesOfEveryKindAndNothingElse) {
  const TemporaryFolder folder;
  write_copies(folder);
  write_file(folder / "b/broken.hea", "broken 12 500 5000\n");
  const auto a = collections::open_collection(folder / "a"),
             b = collections::open_collection(folder / "b");
  const AuditPlan plan = plan_collections({a.get(), b.get()});
  AuditReport report = audit_ids(plan);
  EXPECT_FALSE(report.leaks()) << "their ids say nothing";
  TraceOptions options;
  options.threads = 2;
  audit_traces(plan, options, report);
  ASSERT_EQ(report.copies.size(), std::size(kKinds));
  for (const Copy& copy : report.copies) {
    EXPECT_EQ(copy.a.id, copy.b.id);
    EXPECT_GE(copy.correlation, 0.99);
    EXPECT_NEAR(copy.shift_s, copy.a.id == "cut" ? 2.2 : 0, 0.02) << copy.a.id;
    EXPECT_NEAR(copy.gain, copy.a.id == "gain" ? 0.5 : 1, 0.03) << copy.a.id;
  }
  ASSERT_EQ(report.not_compared.size(), 1u);
  EXPECT_TRUE(has(report.not_compared[0], "broken"));
  EXPECT_EQ(report.traces.recordings, 2 * std::size(kKinds) + 20);

  AuditReport again = audit_ids(plan);
  options.threads = 1;
  options.cache_mib = 0;
  audit_traces(plan, options, again);
  EXPECT_EQ(to_json(again)["copies"], to_json(report)["copies"])
      << "whatever the threads and the cache";
}

TEST(AuditTraces, FindsCopiesWithinAPartWhereAsked) {
  const TemporaryFolder folder;
  wfdb::write_record(folder / "a", recording(1));
  wfdb::write_record(folder / "b", recording(1));
  wfdb::write_record(folder / "c", recording(1));
  wfdb::write_record(folder / "d", recording(2));
  const auto collection = collections::open_collection(folder / "");
  AuditPlan plan = plan_collections({collection.get()});
  AuditReport report;
  audit_traces(plan, {}, report);
  EXPECT_TRUE(report.copies.empty());
  plan.within = true;
  audit_traces(plan, {}, report);
  EXPECT_EQ(report.copies.size(), 2u) << "enough pairs to connect the three";
}

TEST(AuditTraces, ComparesPagesByTheirBytes) {
  const TemporaryFolder folder;
  for (const char* name : {"a/1.png", "b/2.png"}) write_file(folder / name, "the same bytes");
  write_file(folder / "b/3.png", "other bytes");
  const auto a = collections::open_collection(folder / "a"),
             b = collections::open_collection(folder / "b");
  const AuditPlan plan = plan_collections({a.get(), b.get()});
  AuditReport report = audit_ids(plan);
  audit_traces(plan, {}, report);
  ASSERT_EQ(report.records.size(), 1u);
  EXPECT_TRUE(has(report.records[0].key, "image file with SHA-256 "));
  EXPECT_EQ(report.records[0].occurrences[1].id, "2.png");
}

TEST(SharedAudit, FindsA500HzCopyOfRealRecordsAndNoOthers) {
  ECG_LORA_NEEDS_SHARED("ptbxl/records500");
  collections::OpenOptions low, high;
  high.sampling_rate = 500;
  const auto a = collections::open_collection(testing::shared_data() / "ptbxl", low),
             b = collections::open_collection(testing::shared_data() / "ptbxl", high);
  AuditReport report;
  audit_traces(plan_collections({a.get(), b.get()}), {}, report);
  EXPECT_EQ(report.copies.size(), 154u);
  for (const Copy& copy : report.copies) EXPECT_EQ(copy.a.id, copy.b.id);
  EXPECT_EQ(report.not_compared.size(), 488u - 154u) << "of these there is no 500 Hz file";
}

TEST(SharedAudit, FindsPtbxlsOwnFormatOfAChallengeCopy) {
  ECG_LORA_NEEDS_SHARED("wfdb/challenge-mat");
  const TemporaryFolder folder;  // as PTB-XL has them: format 16 at 100 Hz
  const auto challenge =
      collections::open_collection(testing::shared_data() / "wfdb/challenge-mat");
  for (std::size_t i = 0; i < challenge->size(); ++i) {
    const collections::CollectionItem item = challenge->item(i);
    wfdb::write_record(folder / ("copy_" + item.id),
                       at_rate(wfdb::read_record(item.waveform), 100));
  }
  const auto copies = collections::open_collection(folder / "");
  AuditReport report;
  audit_traces(plan_collections({challenge.get(), copies.get()}), {}, report);
  ASSERT_EQ(report.copies.size(), 2u);
  for (const Copy& copy : report.copies) EXPECT_EQ("copy_" + copy.a.id, copy.b.id);
}

TEST(SharedAudit, TheRealRecordsHoldNoCopies) {
  ECG_LORA_NEEDS_SHARED("ptbxl/records100");
  const auto collection = collections::open_collection(testing::shared_data() / "ptbxl");
  AuditPlan plan = plan_collections({collection.get()});
  plan.within = true;
  AuditReport report;
  TraceOptions options;
  options.correlation = 0.96;
  audit_traces(plan, options, report);
  EXPECT_EQ(report.copies.size(), 0u) << "nor anything near the default of 0.99";
  EXPECT_EQ(report.traces.recordings, 488u);
}

}  // namespace
}  // namespace ecg_lora::leakage
