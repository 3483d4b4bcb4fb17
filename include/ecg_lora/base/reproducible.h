// Matrix products that are the same to the bit wherever their operands lie in memory.
#pragma once

namespace ecg_lora {

/// Asks MKL, which multiplies fp32 matrices in libtorch on the CPU, for reproducible results by its
/// variable MKL_CBWR=AUTO, unless the user has set it. Without, MKL may choose another order of
/// additions for operands of another alignment (seen on AMD EPYC: recomputed layers gave other last
/// digits than kept ones); with it, it does not, and is as fast there. MKL reads the variable at
/// its first product: to be called where a process starts, before it has threads, as guarded()
/// does.
void ask_for_reproducible_products();

}  // namespace ecg_lora
