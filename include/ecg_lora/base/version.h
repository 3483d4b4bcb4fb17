// Which program this is.
#pragma once

#include <string>

namespace ecg_lora {

/// "0.1.0", as results state it.
std::string version();

/// "ecg-lora 0.1.0, commit 8df45e1a0b2c+changes, libtorch 2.13.0": of the source tree when it was
/// built, "+changes" if tracked files differed from the commit, "unknown commit" if it is no git
/// repository, and the libtorch that it was built with. Of the target ecg_lora_version, which
/// commands link: a new commit rebuilds them and nothing else.
std::string version_line();

}  // namespace ecg_lora
