// Labels to ask about, as a command names them: a file, or a label set.
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/ecg/ptbxl/labels.h"

namespace ecg_lora::ptbxl {

struct AskedLabels {
  std::vector<Label> labels;
  Wording wording = Wording::builtin();
  bool of_file =
      false;  ///< in the words of the file that lists them, within the wording's question
};

/// Labels of `list`, in the words of the file `wording`, or of the program if that is empty. A file
/// has a label a line, its name and its description with a tab between, or a description alone;
/// empty lines and those that begin with # are left out. Anything else is a label set of PTB-XL as
/// data.labels names it, of the tables in the folder `data`; superclass needs no tables. Usage
/// error for neither, data error for a file without labels or with one twice.
AskedLabels load_labels(const std::string& list, const std::string& data,
                        const std::string& wording);

}  // namespace ecg_lora::ptbxl
