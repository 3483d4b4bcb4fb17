// What --version prints.
#pragma once

#include <string>

namespace ecg_lora {

/// "ecg-lora 0.1.0, commit 8df45e1a0b2c+changes, libtorch 2.13.0": of the source tree when it was
/// built, "+changes" if tracked files differed from the commit, "unknown commit" if it is no git
/// repository, and the libtorch that it was built with.
std::string version_line();

}  // namespace ecg_lora
