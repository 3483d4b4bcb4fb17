// The largest file that is read whole.
#pragma once

#include <cstdint>
#include <filesystem>

#include "ecg_lora/base/error.h"

namespace ecg_lora {

/// Error of `kind` that names `path` if its `size` in bytes is above kWholeFileLimit.
void check_size(const std::filesystem::path& path, std::uintmax_t size,
                ExitCode kind = ExitCode::data);

}  // namespace ecg_lora
