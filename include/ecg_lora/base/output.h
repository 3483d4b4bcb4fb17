// Standard output whose failures count: results that could not be written are an error.
#pragma once

namespace ecg_lora {

/// Opens descriptors 0 to 2 on /dev/null if they are closed, so that no file that is opened later
/// takes their place and gets what is printed. A closed standard output stays one that nobody
/// reads.
void open_standard_descriptors();

/// Makes std::cout write through a buffer that remembers why writing failed and passes text through
/// printable(). SIGPIPE is ignored from then on: a reader that is gone shows in check_output().
void watch_output();

/// From now on std::cout takes bytes as they are: for programs whose output is no text.
void write_output_unchanged();

/// Flushes std::cout. Throws a data error if its text could not be written (a full disk), and
/// OutputClosed if its reader is gone. Long commands whose result is what they print call it after
/// each result.
void check_output();

/// The reader of standard output is gone. guarded() ends the command quietly.
struct OutputClosed {};

}  // namespace ecg_lora
