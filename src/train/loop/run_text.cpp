// What a run says of itself before it trains.
#include <iomanip>
#include <sstream>

#include "ecg_lora/base/memory.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/train/loop/trainer.h"

namespace ecg_lora::train {

Json summary_of(const TrainJob& job, const lora::InjectReport& trained) {
  const auto batches = job.training->size();
  return {{"batches", batches},
          {"steps", total_steps(job.loop, batches)},
          {"trainable_parameters", trained.trainable},
          {"parameters", trained.total},
          {"adapted_modules", trained.modules.size()}};
}

std::string try_out(Trainer& trainer) {
  const auto step = trainer.try_step();
  const auto memory = memory_use(trainer.device());
  std::ostringstream out;
  out << std::fixed << std::setprecision(2) << "one step    " << step.seconds << " s, of which "
      << step.data_wait << " s waiting for data; loss " << std::setprecision(4) << step.loss
      << ", gradient norm " << step.gradient_norm << ", " << step.answer_tokens
      << " answer tokens of " << step.text_tokens << "\n"
      << "all steps   about "
      << format_duration(step.seconds * static_cast<double>(trainer.steps()))
      << " without validation, by this first step, which is slower than others\n"
      << "memory      " << format_bytes(memory.peak) << " at the most\n";
  return out.str();
}

}  // namespace ecg_lora::train
