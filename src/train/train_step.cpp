// One optimizer step: input, forward and backward, clipping, update.
#include <torch/torch.h>

#include <chrono>
#include <cmath>

#include "ecg_lora/base/random.h"
#include "ecg_lora/train/loss.h"
#include "ecg_lora/train/schedule.h"
#include "ecg_lora/train/trainer.h"
#include "retry.h"
#include "text.h"

namespace ecg_lora::train {
namespace {

constexpr std::uint64_t dropout_stream = 3;

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Adds what `batch`, still in host memory, brings to a step.
void count(const data::Batch& batch, StepResult& result) {
  const auto answers = answer_tokens(batch);
  result.answer_tokens += answers;
  result.text_tokens += batch.attention_mask.sum().item<std::int64_t>();
  result.samples += batch.rows();
  if (batch.rows() > 0 && answers == 0) ++result.masked_batches;
  result.sample_ids.insert(result.sample_ids.end(), batch.sample_ids.begin(), batch.sample_ids.end());
}

}  // namespace

StepResult Trainer::train_step() {
  const auto start = Clock::now();
  const auto input = next_input();
  auto result = input.result;
  result.lr = learning_rate(job_.optimizer, position_.step, steps_);
  torch::manual_seed(Random{job_.seed, dropout_stream, static_cast<std::uint64_t>(position_.step)}.bits());
  job_.model->train();
  optimizer_.zero_grad();
  result.loss = forward_backward(input);
  result.gradient_norm = optimizer_.clip();
  apply(result);
  result.seconds = seconds_since(start);
  return result;
}

/// The batches of the step after `position_`, a pure function of it, and their counts.
Trainer::StepInput Trainer::next_input() {
  StepInput input;
  for (std::int64_t i = 0; i < job_.loop.accumulation; ++i) {
    const auto number = position_.step * job_.loop.accumulation + i, size = job_.training->size();
    const auto start = Clock::now();
    const auto batch = keep_trying(job_.loop.retry_seconds, [&] { return job_.training->get(number / size, number % size); });
    input.result.data_wait += seconds_since(start);
    count(batch, input.result);
    input.batches.push_back(batch.to(job_.model->device(), job_.model->dtype()));
  }
  return input;
}

/// Gradients of the mean loss over all answer tokens of all batches, so that accumulation changes no result. Returns that mean. The device is waited for
/// once, for the mean.
double Trainer::forward_backward(const StepInput& input) {
  at::Tensor mean;
  for (const auto& batch : input.batches) {
    if (batch.rows() == 0) continue;  // every sample was left out
    const auto loss = answer_loss(job_.model, batch, job_.model->hidden(batch, job_.model->encode_images(batch)));
    if (loss.tokens == 0) continue;
    const auto share = loss.sum / static_cast<double>(input.result.answer_tokens);
    share.backward();
    mean = mean.defined() ? mean + share.detach() : share.detach();
  }
  return mean.defined() ? mean.item<double>() : 0;
}

/// From here on the state is that after the step, whatever may fail later.
void Trainer::apply(StepResult& result) {
  result.finite = std::isfinite(result.loss) && std::isfinite(result.gradient_norm);
  if (result.finite) {
    optimizer_.step(result.lr);
    position_.skipped_in_a_row = 0;
  } else {
    ++position_.skipped;
    ++position_.skipped_in_a_row;
  }
  ++position_.step;
}

void Trainer::warn_of_oddities(const StepResult& result) {
  const auto ids = id_list(result.sample_ids);
  if (!result.finite) note_skipped(result);
  if (result.masked_batches > 0)
    warn("all_masked", cat(result.masked_batches, " of ", job_.loop.accumulation, " batches have no answer token to learn from; look at the answers of samples ", ids));
  if (result.answer_tokens == 0 || !result.finite) return;
  if (const auto usual = losses_.add(result.loss, job_.loop.spike_factor))
    warn("loss_spike", cat("loss ", with_digits(result.loss, 4), " stands out above the usual ", with_digits(*usual, 4), ", samples ", ids));
}

void Trainer::note_skipped(const StepResult& result) {
  const auto ids = id_list(result.sample_ids);
  warn("not_finite", cat("skipped: loss ", result.loss, ", gradient norm ", result.gradient_norm, ", samples ", ids));
  if (position_.skipped_in_a_row < job_.loop.most_skipped_in_a_row) return;
  throw_numerics("loss or gradients were not finite in ", position_.skipped_in_a_row, " steps in a row, the last with samples ", ids,
                 "; lower optimizer.lr, use dtype bf16 instead of fp16, or look at those samples");
}

StepResult Trainer::try_step() {
  const auto result = train_step();
  if (!result.finite)
    throw_numerics("loss ", result.loss, " and gradient norm ", result.gradient_norm, " of the first step are not both finite, samples ", id_list(result.sample_ids),
                   "; lower optimizer.lr, use dtype bf16 instead of fp16, or look at those samples");
  return result;
}

}  // namespace ecg_lora::train
