#include "ecg_lora/train/trainer.h"

#include <torch/torch.h>

#include <chrono>
#include <cmath>
#include <fstream>
#include <iomanip>
#include <sstream>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/base/random.h"
#include "ecg_lora/lora/lora.h"
#include "ecg_lora/train/loss.h"
#include "ecg_lora/train/schedule.h"

namespace ecg_lora::train {
namespace {

constexpr int most_skipped_in_a_row = 5;
constexpr std::uint64_t dropout_stream = 3;

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::string with_digits(double value, int digits) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(digits) << value;
  return out.str();
}

}  // namespace

model::Checkpointing checkpointing(const LoopConfig& loop) {
  model::Checkpointing result;
  const auto every = loop.checkpoint_every_layers;
  std::istringstream kinds(loop.activation_checkpointing);
  for (std::string kind; std::getline(kinds, kind, ',');) {
    if (kind != "none" && kind != "all" && kind != "self" && kind != "cross" && kind != "vision")
      throw_usage("loop.activation_checkpointing has '", kind, "', expected none, all, or some of self, cross and vision with commas between; choose among them");
    if (kind == "all" || kind == "self") result.self = every;
    if (kind == "all" || kind == "cross") result.cross = every;
    if (kind == "all" || kind == "vision") result.vision = every;
  }
  return result;
}

std::int64_t total_steps(const LoopConfig& loop, std::int64_t batches) {
  if (loop.steps > 0) return loop.steps;
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(loop.epochs * static_cast<double>(batches) / static_cast<double>(loop.accumulation))));
}

Trainer::Trainer(TrainJob job)
    : job_(std::move(job)), optimizer_(lora::trainable_parameters(job_.model), job_.optimizer), steps_(total_steps(job_.loop, job_.training->size())) {
  job_.model->set_checkpointing(checkpointing(job_.loop));
}

void Trainer::resume() {
  const auto found = find_checkpoint(job_.run);
  job_.load(found.folder);
  optimizer_.load_state(tensorio::SafetensorsFile(found.folder / "optimizer.safetensors"));
  position_ = found.position;
  log_info(cat("resuming after step ", position_.step, " of ", steps_));
}

void Trainer::run() {
  Progress progress("training", steps_ - position_.step, "steps");
  while (position_.step < steps_) {
    const auto start = Clock::now();
    const auto result = train_step();
    ++position_.step;
    const double seconds = seconds_since(start);
    log_step(result, seconds);
    progress.advance(1, cat("loss ", with_digits(result.loss, 4), ", ", with_digits(static_cast<double>(result.samples) / seconds, 1), " samples/s"));
    stop_if_asked();
    const auto due = [&](std::int64_t every) { return every > 0 && position_.step % every == 0 && position_.step < steps_; };
    if (due(job_.loop.validate_every)) validate();
    if (due(job_.loop.checkpoint_every)) checkpoint();
  }
  progress.finish();
  validate();
  checkpoint();
}

/// The batches of the step after `position_`: a pure function of it.
std::vector<data::Batch> Trainer::next_batches() {
  std::vector<data::Batch> batches;
  for (std::int64_t i = 0; i < job_.loop.accumulation; ++i) {
    const auto number = position_.step * job_.loop.accumulation + i, size = job_.training->size();
    batches.push_back(job_.training->get(number / size, number % size).to(job_.model->device(), job_.model->dtype()));
  }
  return batches;
}

Trainer::StepResult Trainer::train_step() {
  const auto batches = next_batches();
  StepResult result;
  result.lr = learning_rate(job_.optimizer, position_.step, steps_);
  torch::manual_seed(Random{job_.seed, dropout_stream, static_cast<std::uint64_t>(position_.step)}.bits());
  job_.model->train();
  optimizer_.zero_grad();
  forward_backward(batches, result);
  result.gradient_norm = optimizer_.clip();
  result.finite = std::isfinite(result.loss) && std::isfinite(result.gradient_norm);
  if (result.finite) {
    optimizer_.step(result.lr);
    skipped_in_a_row_ = 0;
  } else {
    note_skipped(result);
  }
  return result;
}

/// Gradients of the mean loss over all answer tokens of all batches: accumulation changes no result.
void Trainer::forward_backward(const std::vector<data::Batch>& batches, StepResult& result) {
  for (const auto& batch : batches) {
    result.tokens += answer_tokens(batch);
    result.samples += batch.rows();
    result.sample_ids.insert(result.sample_ids.end(), batch.sample_ids.begin(), batch.sample_ids.end());
  }
  if (result.tokens == 0) {
    log_warn(cat("step ", position_.step + 1, " has no answer token to learn from; check that answers are not empty"));
    return;
  }
  for (const auto& batch : batches) {
    if (batch.rows() == 0) continue;  // every sample was left out
    const auto loss = batch_loss(job_.model, batch);
    if (loss.tokens == 0) continue;
    const auto share = loss.sum / static_cast<double>(result.tokens);
    share.backward();
    result.loss += share.item<double>();
  }
}

void Trainer::note_skipped(const StepResult& result) {
  ++position_.skipped;
  ++skipped_in_a_row_;
  std::string ids;
  for (std::size_t i = 0; i < result.sample_ids.size() && i < 20; ++i)
    if (i == 0 || result.sample_ids[i] != result.sample_ids[i - 1]) ids += (ids.empty() ? "" : ", ") + std::to_string(result.sample_ids[i]);
  log_warn(cat("step ", position_.step + 1, " was skipped: loss ", result.loss, ", gradient norm ", result.gradient_norm, ", records ", ids));
  if (skipped_in_a_row_ >= most_skipped_in_a_row)
    throw_numerics("loss or gradients were not finite in ", skipped_in_a_row_, " steps in a row, the last with records ", ids,
                   "; lower optimizer.lr, use dtype bf16 instead of fp16, or look at those records");
}

double Trainer::validate() {
  if (!job_.validation || job_.validation->size() == 0) return 0;
  const at::NoGradGuard guard;
  job_.model->eval();
  double sum = 0;
  std::int64_t tokens = 0;
  Progress progress("validating", job_.validation->size(), "batches");
  for (std::int64_t i = 0; i < job_.validation->size(); ++i) {
    const auto batch = job_.validation->get(0, i).to(job_.model->device(), job_.model->dtype());
    progress.advance();
    stop_if_asked();
    if (batch.rows() == 0) continue;
    const auto loss = batch_loss(job_.model, batch);
    sum += loss.sum.item<double>();
    tokens += loss.tokens;
  }
  progress.finish();
  const double mean = sum / static_cast<double>(std::max<std::int64_t>(1, tokens));
  log_line(Json{{"step", position_.step}, {"validation_loss", mean}, {"tokens", tokens}}.dump());
  log_info(cat("step ", position_.step, ": validation loss ", with_digits(mean, 4)));
  return mean;
}

void Trainer::checkpoint() {
  save_checkpoint(job_.run, position_, job_.loop.keep_checkpoints, [this](const std::filesystem::path& folder) {
    job_.save(folder);
    tensorio::write_safetensors(folder / "optimizer.safetensors", optimizer_.state());
  });
}

void Trainer::log_step(const StepResult& result, double seconds) {
  log_line(Json{{"step", position_.step}, {"loss", result.loss}, {"lr", result.lr}, {"grad_norm", result.gradient_norm}, {"tokens", result.tokens},
                {"samples", result.samples}, {"samples_per_s", static_cast<double>(result.samples) / seconds}, {"seconds", seconds},
                {"skipped", !result.finite}}.dump());
}

void Trainer::log_line(const std::string& line) {
  std::ofstream out(job_.run / "metrics.jsonl", std::ios::app);
  out << line << "\n";
  if (!out.flush()) throw_data("cannot write ", (job_.run / "metrics.jsonl").string(), "; check that the disk is not full and the folder can be written");
}

void Trainer::stop_if_asked() {
  if (!interrupted()) return;
  checkpoint();
  throw Error(ExitCode::interrupted, cat("stopped after step ", position_.step, " of ", steps_, ", which is saved; run the same command with --resume to go on"));
}

}  // namespace ecg_lora::train
