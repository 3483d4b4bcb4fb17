#include "ecg_lora/train/loop/trainer.h"

#include <iomanip>
#include <sstream>

#include "ecg_lora/base/progress.h"
#include "text.h"
#include "training_loop.h"

namespace ecg_lora::train {

Trainer::Trainer(TrainJob job) : loop_(std::make_unique<TrainingLoop>(std::move(job))) {}

Trainer::~Trainer() = default;

void Trainer::resume(const std::string& name) {
  loop_->resume(name);
}

void Trainer::run() {
  loop_->run();
}

StepResult Trainer::try_step() {
  return loop_->try_step();
}

const TrainerState& Trainer::state() const {
  return loop_->state();
}

std::int64_t Trainer::steps() const {
  return loop_->steps();
}

at::Device Trainer::device() const {
  return loop_->device();
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
