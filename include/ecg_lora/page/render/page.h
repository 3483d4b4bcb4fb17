// ECG pages: recordings drawn as a clinic prints them. Layouts and sizes: docs/users/pages.md.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "ecg_lora/ecg/wfdb/patient_facts.h"
#include "ecg_lora/ecg/wfdb/record.h"
#include "ecg_lora/page/render/image.h"
#include "ecg_lora/page/render/page_config.h"

namespace ecg_lora::page {

/// What a clinic prints around the leads. Only what is known is printed.
struct PageHeader {
  std::string name;                  ///< of the patient, or of the recording
  std::string id;                    ///< of the patient
  std::optional<double> age;         ///< years; 300 stands for above 89, as PTB-XL has it
  std::string sex;                   ///< male, female
  std::string recorded;              ///< date and time
  std::optional<double> heart_rate;  ///< beats per minute
  std::optional<double> pr_ms, qrs_ms, qt_ms, qtc_ms;
  std::optional<double> p_axis, qrs_axis, t_axis;  ///< degrees
  std::string filter;                              ///< for example "0.05-150 Hz"
};

/// The record's name, what is `known` of it from elsewhere, and for the rest what its header says:
/// base date and time, and the age and sex of its comments (wfdb/facts.h).
PageHeader header_of(const wfdb::Record& record, const wfdb::PatientFacts& known = {});

/// A place on a page, px; pixel centres lie at whole numbers, as OpenCV has it.
struct Point {
  float x = 0, y = 0;
};

/// Where a lead stands on the page. The rectangle is that of the page as drawn; `corners` moves
/// with whatever happens to the paper later.
struct LeadBox {
  std::string lead;                            ///< of the recording
  std::string label;                           ///< as printed; -aVR for an inverted lead
  double sign = 1;                             ///< -1 if the trace is the lead upside down
  double x = 0, y = 0, width = 0, height = 0;  ///< px; the band the trace is drawn in
  double baseline_y = 0;                       ///< px; 0 mV
  double start_s = 0, duration_s = 0;          ///< window of the recording, s
  std::array<Point, 4> corners{};              ///< clockwise from the top left
};

/// Where the samples of a lead were drawn.
struct Trace {
  std::string lead;              ///< of the recording
  std::size_t box = 0;           ///< index into the page's boxes
  std::size_t first_sample = 0;  ///< of the recording
  std::vector<Point>
      points;  ///< one per sample, from first_sample on; NaN if the sample is invalid
};

/// A drawn recording, and where everything stands on it.
struct Page {
  Image image;
  double px_per_mm = 0;                ///< mean over the page; moves with the paper
  double mm_per_s = 0, mm_per_mv = 0;  ///< as printed
  double sampling_rate = 0;            ///< of the recording, Hz
  std::vector<LeadBox> boxes;
  std::vector<Trace> traces;         ///< one per box, of the leads that the recording has
  std::size_t samples_off_page = 0;  ///< samples whose ink would lie beyond the sheet's edge
};

/// Draws a page. Missing leads and NaN samples leave gaps; a trace that leaves its band runs over
/// its neighbours. Thread-safe, and a pure function of its arguments. Usage error for more than
/// three rhythm strips or 0 < px_per_mm < 1; data error for a record that has leads, but none that
/// the page shows. One without leads gives the bare page.
Page draw_page(const wfdb::Record& record, const PageConfig& config, const PageHeader& header = {});

}  // namespace ecg_lora::page
