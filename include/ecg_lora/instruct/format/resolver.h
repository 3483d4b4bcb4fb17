// From the name of an image to the picture, or to the recording that it was drawn from.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace ecg_lora::instruct {

/// What a name stands for.
struct ImageLocation {
  bool recording = false;      ///< a WFDB record, to be drawn; else a picture
  std::filesystem::path path;  ///< of a recording without extension
};

/// Where to look. Roots are tried in their order.
struct Roots {
  std::vector<std::string> images;  ///< folders of pictures
  std::vector<std::string>
      recordings;           ///< WFDB folders: PTB-XL's layout, MIMIC-IV-ECG's, or any other
  int sampling_rate = 100;  ///< which of PTB-XL's two copies is drawn, Hz
};

/// Rules, the first that finds something wins; docs/formats/instructions.md has examples.
/// 1. An absolute path that exists, if it lies below a root.
/// 2. A picture below a root of images: under the name, or under the name without its first folder,
///    its first two, …; .png, .jpg or .jpeg is added to a name without extension. A name with .hea,
///    .dat or .mat is a recording's.
/// 3. A recording. The name's picture extension and page number (`-0`, as ecg-image-kit numbers
///    pages) fall away. In PTB-XL's layout `00001_hr`, `00001_lr`, and a bare number are the record
///    with that ecg_id, at the configured rate. In MIMIC-IV-ECG's, a stem that is a study_id of
///    record_list.csv is that study. Elsewhere as in 2, with .hea.
/// 4. Below other roots of recordings, the only record anywhere that has the name's stem.
/// Where only the last part of the name matches (2, 3 or 4), it must match once: two such files are
/// a data error, lest an answer be learnt on the wrong page. What is found must lie below a root
/// once links are followed: a shared data set must not read other folders.
class Resolver {
 public:
  /// Data error for a root that is no folder.
  explicit Resolver(Roots roots);
  ~Resolver();

  /// Thread-safe. Throws a data error that begins with `who` ("a.json: item 3") and lists the paths
  /// tried.
  ImageLocation find(const std::string& name, const std::string& who) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ecg_lora::instruct
