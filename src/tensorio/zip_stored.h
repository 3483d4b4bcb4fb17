// The directory of a zip archive, looked at before a library opens it.
#pragma once

#include <string>
#include <string_view>

namespace ecg_lora::tensorio {

/// Checkpoint error that names `origin` if an entry of the archive `bytes` is compressed, or the
/// directory at its end is damaged. torch.save() compresses nothing, and libtorch inflates small
/// entries while it opens an archive, whatever size they claim: a few MB may become many GB.
/// Format: PKWARE's APPNOTE.TXT, 4.3.12 (central directory header) to 4.3.16.
void check_stored(std::string_view bytes, const std::string& origin);

}  // namespace ecg_lora::tensorio
