// Copies of files that are whole or not there.
#pragma once

#include <filesystem>

namespace ecg_lora {

/// Copies the bytes of `from` to `to`, which appears complete or not at all and replaces what was
/// there. Throws a data error if reading or writing fails. std::filesystem::copy_file leaves a part
/// of the file, without an error, if the kernel stops in the middle (a limit of file size).
void copy_whole(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace ecg_lora
