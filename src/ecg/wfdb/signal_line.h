// The signal specification lines of a header.
#pragma once

#include <string>

#include "header.h"
#include "header_line.h"

namespace ecg_lora::wfdb {

/// File and format, `gain(baseline)/unit`, five numbers (ADC resolution and zero, initial value,
/// checksum, block size), and the description. All but the first two may be left out: the
/// description begins with the first word that is no number, as wfdb-python has it. Throws a data
/// error that names line and field.
SignalLine parse_signal_line(HeaderLine line);

/// Files of a record lie in its folder: a header from elsewhere must not read others. Throws a data
/// error.
void check_name(const std::string& where, const std::string& name);

}  // namespace ecg_lora::wfdb
