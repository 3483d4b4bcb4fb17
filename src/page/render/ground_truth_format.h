// What the writer and the reader of ground truth agree on.
#pragma once

namespace ecg_lora::page::truth_format {

constexpr const char* name = "ecg-lora ground truth";
constexpr int version = 1;
constexpr double parts = 10;  ///< of a pixel

}  // namespace ecg_lora::page::truth_format
