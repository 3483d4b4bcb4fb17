// What is known of one recording or page, whatever data set it comes from.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/ecg/ptbxl/database.h"

namespace ecg_lora::collections {

/// What the codes of statements mean.
enum class Scheme {
  none,    ///< no statements known; the item may have a report
  scp,     ///< SCP-ECG codes as PTB-XL has them, "AFIB"
  snomed,  ///< SNOMED CT codes as the PhysioNet/CinC Challenge has them, "164889003"; see snomed.h
};

/// What the electrocardiograph measured. Times in ms from the start of the averaged beat, axes in
/// degrees.
struct Measurements {
  std::optional<double> rr_interval, p_onset, p_end, qrs_onset, qrs_end, t_end, p_axis, qrs_axis,
      t_axis;
  std::string bandwidth, filtering;  ///< "0.005-150 Hz", "60 Hz notch Baseline filter"
};

struct CollectionItem {
  std::string id;       ///< unique in its collection
  std::string patient;  ///< empty: unknown
  std::string origin;   ///< "ptb-xl/6000" if it is a record of a known data set, whatever the copy
  std::filesystem::path waveform;  ///< WFDB record without extension; empty for a page image
  std::filesystem::path image;     ///< page image; empty for a recording
  std::optional<double> age;       ///< years; PTB-XL writes 300 for above 89
  std::optional<int> sex;          ///< 0 male, 1 female
  Scheme scheme = Scheme::none;
  std::vector<ptbxl::StatedCode> statements;  ///< in the codes of `scheme`
  std::string report;
  std::string recorded;  ///< "1984-11-09 09:17:34"; empty: unknown
  int fold = 0;          ///< 1 … 10: the data set's own, else by hash (see folds.h)
  std::optional<Measurements> measurements;
};

}  // namespace ecg_lora::collections
