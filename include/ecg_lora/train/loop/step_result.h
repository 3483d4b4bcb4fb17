// What one optimizer step gave.
#pragma once

#include <cstdint>
#include <vector>

namespace ecg_lora::train {

/// Counts are of all ranks together; times and ids are of this one. "Rows" are conversations.
struct StepResult {
  double loss = 0;           ///< mean cross-entropy per answer token, over all batches of the step
  double gradient_norm = 0;  ///< L2 norm of all gradients together, before clipping
  double lr = 0;             ///< learning rate of the step
  std::int64_t answer_tokens = 0;   ///< labelled tokens
  std::int64_t text_tokens = 0;     ///< tokens that are not padding
  std::int64_t samples = 0;         ///< rows
  std::int64_t images = 0;          ///< each once per batch, however many rows look at it
  std::int64_t masked_batches = 0;  ///< batches with rows but without a labelled token
  double flops = 0;                 ///< floating-point operations, if TrainJob::cost counts them
  std::vector<std::int64_t> sample_ids;  ///< of the rows, in order; for messages
  double seconds = 0;                    ///< of the whole step
  double data_wait = 0;                  ///< seconds of it spent waiting for batches
  bool finite = true;  ///< loss and gradient norm are finite; if not, nothing was updated
};

}  // namespace ecg_lora::train
