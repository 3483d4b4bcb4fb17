#include "training_loop.h"

#include <chrono>

#include "clock.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/base/text_table.h"
#include "retry.h"
#include "text.h"

namespace ecg_lora::train {

TrainingLoop::TrainingLoop(TrainJob job)
    : job_(std::move(job)),
      parameters_(lora::trainable_parameters(job_.model)),
      optimizer_(parameters_, job_.optimizer),
      metrics_(job_.run / "metrics.jsonl"),
      steps_(total_steps(job_.loop, job_.training->size())) {
  if (job_.loop.best_by == "auroc" && (!job_.probe || job_.loop.validate_auroc_labels.empty()))
    throw_usage(
        "loop.best_by is auroc, expected labels in loop.validate_auroc_labels; name some, or set "
        "loop.best_by to loss");
  const bool validates =
      job_.loop.validate_every > 0 && (job_.validation || job_.loop.best_by == "auroc");
  if (job_.loop.patience > 0 && !validates)
    throw_usage("loop.patience is ", job_.loop.patience,
                ", but nothing is validated on the way; set loop.validate_every and "
                "data.valid_folds or data.valid_instructions, or loop.patience to 0");
  if (const auto ranks = job_.group->ranks(); job_.loop.accumulation % ranks != 0)
    throw_usage("loop.accumulation is ", job_.loop.accumulation, ", expected a multiple of the ",
                ranks, " processes, among which the batches of a step are shared; set it to ",
                ranks);
  job_.model->set_activation_checkpointing(activation_checkpointing(job_.loop));
}

void TrainingLoop::resume(const std::string& name) {
  if (name.empty() && !has_checkpoint(job_.run)) {
    log_info(job_.run.string() + " has no checkpoint yet; starting from the first step");
  } else {
    const auto found = find_checkpoint(job_.run, name);
    job_.load(found.folder);
    optimizer_.load_state(tensorio::SafetensorsFile(found.folder / "optimizer.safetensors"));
    state_ = found.state;
    saved_ = state_.step;
    if (!name.empty()) point_last(job_.run, found);
    log_info(cat("resuming after step ", state_.step, " of ", steps_));
  }
  if (job_.group->first()) metrics_.cut_after(state_.step);
  job_.group->barrier();
  for (const auto& line : metrics_.lines())
    if (line.contains("loss") && line["loss"].is_number())
      losses_.add(line["loss"].get<double>(), 0);
}

void TrainingLoop::run() {
  try {
    loop();
  } catch (const Error& error) {
    if (error.code() == ExitCode::interrupted && job_.group->ranks() == 1)
      stop_if_asked();  // in the middle of a validation
    const bool failed = error.code() == ExitCode::data || error.code() == ExitCode::interrupted;
    if (!failed || saved_ == state_.step || !job_.group->first()) throw;
    stop_with_state(error);
  }
}

void TrainingLoop::loop() {
  if (job_.cost) job_.cost->begin(state_.step);
  if (state_.step > 0) after_step();  // what a process that was killed left undone
  Progress progress("training", steps_ - state_.step, "steps");
  while (!done()) {
    const auto result = train_step();
    log_step(result);
    if (job_.cost) job_.cost->add_step(result, state_.step);
    warn_of_oddities(result);
    progress.advance(1, note(result, job_.model->device()));
    after_step();
  }
  progress.finish();
  if (state_.step < steps_)
    log_info(cat("stopped early after step ", state_.step, ": ", state_.without_best,
                 " validations without a better ", job_.loop.best_by, " than ",
                 fixed_text(state_.best.value_or(0), 4), " after step ", state_.best_step));
}

bool TrainingLoop::done() const {
  return state_.step >= steps_ || out_of_patience(state_, job_.loop);
}

void TrainingLoop::after_step() {
  stop_if_asked();
  const auto due = [&](std::int64_t every) { return every > 0 && state_.step % every == 0; };
  if ((due(job_.loop.validate_every) || state_.step >= steps_) && state_.validated != state_.step) {
    const auto start = std::chrono::steady_clock::now();
    validate();
    if (job_.cost) job_.cost->add_validation(seconds_since(start));
  }
  if (new_best_ || due(job_.loop.checkpoint_every) || done()) checkpoint();
}

void TrainingLoop::checkpoint() {
  const auto start = std::chrono::steady_clock::now();
  if (job_.group->first()) write_checkpoint();
  saved_ = state_.step;
  new_best_ = false;
  job_.group->barrier();
  if (!job_.cost) return;
  job_.cost->add_checkpoint(seconds_since(start));
  job_.cost->update();
}

void TrainingLoop::write_checkpoint() {
  keep_trying(job_.loop.retry_seconds, [&] {
    if (saved_ == state_.step) return update_state(job_.run, state_);
    save_checkpoint(
        job_.run, state_, job_.loop.keep_checkpoints, [this](const std::filesystem::path& folder) {
          job_.save(folder);
          tensorio::write_safetensors(folder / "optimizer.safetensors", optimizer_.state());
        });
  });
}

void TrainingLoop::stop_if_asked() {
  if (job_.group->ranks() == 1) stop_ = interrupted();
  if (!stop_) return;
  checkpoint();
  throw Error(ExitCode::interrupted,
              cat("stopped after step ", state_.step, " of ", steps_,
                  ", which is saved; run the same command with --resume to go on"));
}

/// Between two steps the state is whole whatever failed, so that it can be saved.
void TrainingLoop::stop_with_state(const Error& error) {
  const auto code = interrupted() ? ExitCode::interrupted : error.code();
  job_.loop.retry_seconds = 0;
  try {
    write_checkpoint();
  } catch (const Error& second) {
    const std::string why =
        std::string(second.what()) == error.what() ? "" : cat(" (", second.what(), ")");
    const auto kept = saved_ < 0 ? std::string("no checkpoint was written before")
                                 : cat("the last checkpoint is that of step ", saved_);
    throw Error(code, cat(error.what(), "; stopped after step ", state_.step, " of ", steps_,
                          ", which could not be saved", why, ": ", kept,
                          "; remove the cause and run the same command with --resume"));
  }
  throw Error(code,
              cat(error.what(), "; stopped after step ", state_.step, " of ", steps_,
                  ", which is saved: remove the cause and run the same command with --resume"));
}

void TrainingLoop::log_line(const Json& line) {
  if (!job_.group->first()) return;
  keep_trying(job_.loop.retry_seconds, [&] { metrics_.append(line); });
  if (job_.on_metrics) job_.on_metrics(line);
}

void TrainingLoop::log_step(const StepResult& r) {
  const auto per_second = [&](std::int64_t count) {
    return static_cast<double>(count) / r.seconds;
  };
  const auto memory = memory_use(job_.model->device());
  Json line = {{"step", state_.step},
               {"epoch", static_cast<double>(state_.step * job_.loop.accumulation) /
                             static_cast<double>(job_.training->size())},
               {"loss", r.loss},
               {"lr", r.lr},
               {"grad_norm", r.gradient_norm},
               {"tokens", r.answer_tokens},
               {"text_tokens", r.text_tokens},
               {"samples", r.samples},
               {"images", r.images},
               {"samples_per_s", per_second(r.samples)},
               {"tokens_per_s", per_second(r.text_tokens)},
               {"seconds", r.seconds},
               {"data_wait_s", r.data_wait},
               {"memory_mib", static_cast<double>(memory.now >> 10) / 1024},
               {"peak_memory_mib", static_cast<double>(memory.peak >> 10) / 1024},
               {"skipped", !r.finite}};
  if (job_.cost && job_.cost->arithmetic) line["flops"] = r.flops;
  log_line(line);
}

void TrainingLoop::warn(const std::string& kind, const std::string& message) {
  log_warn(cat("step ", state_.step, ": ", message));
  log_line({{"step", state_.step}, {"warning", kind}, {"message", message}});
}

}  // namespace ecg_lora::train
