// What the writer and the reader of ground truth agree on.
#pragma once

namespace ecg_lora::page::truth_format {

constexpr const char* kName = "ecg-lora ground truth";
constexpr int kVersion = 1;
constexpr double kParts = 10;  ///< of a pixel

}  // namespace ecg_lora::page::truth_format
