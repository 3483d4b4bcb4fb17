// Time and memory of opening a collection:
//   bench_collections ROOT          a folder of any kind
//   bench_collections mimic N       N rows in MIMIC-IV-ECG's layout, made up in a temporary folder
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <ctime>
#include <iostream>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/random.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/ecg/collections/collection.h"

namespace {

using namespace ecg_lora;

/// Both tables, as wide as the real ones (162 and 216 bytes a row on average there).
void make_mimic(const std::filesystem::path& root, std::int64_t rows) {
  AtomicFile list(root / "record_list.csv"), measurements(root / "machine_measurements.csv");
  list.write("subject_id,study_id,file_name,ecg_time,path\n");
  std::string columns = "subject_id,study_id,cart_id,ecg_time";
  for (int i = 0; i < 18; ++i) columns += cat(",report_", i);
  measurements.write(columns +
                     ",bandwidth,filtering,rr_interval,p_onset,p_end,qrs_onset,qrs_end,t_end,p_"
                     "axis,qrs_axis,t_axis\n");
  const char* lines[] = {"Sinus rhythm", "Normal ECG",
                         "\"Possible inferior infarct, age undetermined\"", "Left axis deviation",
                         ""};
  Random random{1};
  std::int64_t subject = 10000032;
  for (std::int64_t study = 40000000; study < 40000000 + rows; ++study) {
    if (random.bernoulli(0.2)) subject += 1 + static_cast<std::int64_t>(random.uniform_int(60));
    const std::string s = std::to_string(subject);
    list.write(cat(s, ',', study, ',', study, ",2180-07-23 08:44:00,files/p", s.substr(0, 4), "/p",
                   s, "/s", study, '/', study, '\n'));
    std::string row = cat(s, ',', study, ",6848296,2180-07-23 08:44:00");
    for (int i = 0; i < 18; ++i) row += cat(',', i < 6 ? lines[random.uniform_int(5)] : "");
    measurements.write(row + cat(",0.005-150 Hz,60 Hz notch Baseline filter,",
                                 500 + random.uniform_int(700), ",40,128,170,258,518,",
                                 random.uniform_int(90), ",77,65\n"));
  }
  list.commit();
  measurements.commit();
}

void measure(const std::filesystem::path& root) {
  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  const auto start = std::chrono::steady_clock::now();
  const std::clock_t processor = std::clock();
  const auto collection = collections::open_collection(root);
  const double wall =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const double cpu = static_cast<double>(std::clock() - processor) / CLOCKS_PER_SEC;
  getrusage(RUSAGE_SELF, &after);
  const std::clock_t items = std::clock();
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < collection->size(); ++i) bytes += collection->item(i).report.size();
  std::cout << collection->description() << "\nopened in " << cpu << " s of processor time ("
            << wall << " s), peak memory + " << (after.ru_maxrss - before.ru_maxrss) / 1024
            << " MiB; all items built in "
            << static_cast<double>(std::clock() - items) / CLOCKS_PER_SEC << " s (reports of "
            << bytes << " bytes)\n";
}

int run(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  if (what.empty() || (what == "mimic" && argc != 3))
    throw_usage("expected bench_collections ROOT, or bench_collections mimic N");
  if (what != "mimic") return measure(what), 0;
  const auto folder = std::filesystem::temp_directory_path() / cat("ecg-lora-bench-", ::getpid());
  make_mimic(folder, std::stoll(argv[2]));
  measure(folder);
  std::filesystem::remove_all(folder);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return ecg_lora::guarded([&] { return run(argc, argv); });
}
