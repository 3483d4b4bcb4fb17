// Products that are the same to the bit wherever their operands lie in memory.
#pragma once

namespace ecg_lora::nn {

/// Asks MKL, which multiplies fp32 matrices in libtorch on the CPU, for reproducible results by its
/// variable MKL_CBWR, unless the user has set it. Without, MKL may choose another order of
/// additions for operands of another alignment (seen on AMD EPYC: recomputed layers gave other last
/// digits than kept ones); with AUTO it does so no more, and is as fast there. MKL reads the
/// variable at its first product. Returns true, so that a constant can hold the call.
bool ask_for_reproducible_products();

}  // namespace ecg_lora::nn
