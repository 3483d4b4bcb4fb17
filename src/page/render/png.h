// A PNG encoder for drawn pages: large areas that repeat the row above or the grid to the left.
#pragma once

#include <optional>
#include <string>

#include "ecg_lora/page/render/image.h"

namespace ecg_lora::page {

/// The whole file, or nothing if the picture repeats too little for this encoder to pay (a
/// photograph).
std::optional<std::string> encode_flat_png(const Image& image);

}  // namespace ecg_lora::page
