// One optimizer step: input, forward and backward, clipping, update.
#include <torch/torch.h>

#include <chrono>
#include <cmath>

#include "clock.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/random.h"
#include "ecg_lora/base/text_table.h"
#include "ecg_lora/train/loop/dummy_batch.h"
#include "ecg_lora/train/loop/loss.h"
#include "ecg_lora/train/loop/schedule.h"
#include "reduce.h"
#include "retry.h"
#include "text.h"
#include "training_loop.h"

namespace ecg_lora::train {
namespace {

constexpr std::uint64_t kDropoutStream = 3;

using Clock = std::chrono::steady_clock;

}  // namespace

StepResult TrainingLoop::train_step() {
  const auto start = Clock::now();
  const auto input = next_input();
  auto result = input.result;
  result.lr = learning_rate(job_.optimizer, state_.step, steps_);
  job_.model->train();
  optimizer_.zero_grad();
  result.loss = forward_backward(input);
  sum_gradients(*job_.group, parameters_, result.loss);
  result.gradient_norm = optimizer_.clip();
  apply(result);
  result.seconds = seconds_since(start);
  return result;
}

void TrainingLoop::count(const data::Batch& batch, StepResult& result) const {
  const auto answers = answer_tokens(batch);
  result.answer_tokens += answers;
  result.text_tokens += batch.attention_mask.sum().item<std::int64_t>();
  result.samples += batch.rows();
  if (batch.pixels.defined()) result.images += batch.pixels.size(0);
  if (batch.rows() > 0 && answers == 0) ++result.masked_batches;
  result.sample_ids.insert(result.sample_ids.end(), batch.sample_ids.begin(),
                           batch.sample_ids.end());
  // A batch that has nothing to learn is not computed.
  if (answers > 0 && job_.cost && job_.cost->arithmetic)
    result.flops += job_.cost->arithmetic(batch);
}

/// This rank's batches of the step after `state_`, a pure function of it, and the counts of all
/// ranks.
TrainingLoop::StepInput TrainingLoop::next_input() {
  StepInput input;
  const auto share = job_.loop.accumulation / job_.group->ranks();
  for (std::int64_t i = 0; i < share; ++i) {
    const auto number = state_.step * share + i, size = job_.training->size();
    const auto start = Clock::now();
    const auto batch = keep_trying(
        job_.loop.retry_seconds, [&] { return job_.training->get(number / size, number % size); });
    input.result.data_wait += seconds_since(start);
    count(batch, input.result);
    input.batches.push_back(with_layers_of_others(batch));
  }
  stop_ = sum_counts(*job_.group, input.result, interrupted());
  return input;
}

data::Batch TrainingLoop::with_layers_of_others(const data::Batch& batch) const {
  return job_.loop.shard_weights && job_.group->ranks() > 1
             ? with_every_layer(batch, job_.model->config())
             : batch;
}

/// For a batch that has nothing to learn: undefined; or, if weights are sharded, a 0 that has
/// been through all layers, for which the other ranks wait.
at::Tensor TrainingLoop::zero_loss(const data::Batch& batch) {
  if (!job_.loop.shard_weights || job_.group->ranks() == 1) return {};
  return job_.model->hidden(batch, job_.model->encode_images(batch)).sum() * 0;
}

/// Gradients of the mean loss over all answer tokens of all batches of all ranks, so that
/// accumulation changes no result. Returns this rank's share of that mean. The device is waited for
/// once, for the mean. Dropout is drawn for each batch by its number among those of all ranks.
double TrainingLoop::forward_backward(const StepInput& input) {
  at::Tensor mean;
  std::int64_t number = state_.step * job_.loop.accumulation + job_.group->rank();
  for (const auto& batch : input.batches) {
    torch::manual_seed(
        Random{job_.seed, kDropoutStream, static_cast<std::uint64_t>(number)}.bits());
    number += job_.group->ranks();
    if (batch.rows() == 0) continue;  // every sample was left out
    const auto loss =
        answer_tokens(batch) > 0 ? batch_loss(job_.model, batch).sum : zero_loss(batch);
    if (!loss.defined() || !loss.requires_grad()) continue;  // nothing that is trained took part
    const auto share =
        loss / static_cast<double>(std::max<std::int64_t>(1, input.result.answer_tokens));
    share.backward();
    mean = mean.defined() ? mean + share.detach() : share.detach();
  }
  return mean.defined() ? mean.item<double>() : 0;
}

/// From here on the state is that after the step, whatever may fail later.
void TrainingLoop::apply(StepResult& result) {
  result.finite = std::isfinite(result.loss) && std::isfinite(result.gradient_norm);
  if (result.finite) {
    optimizer_.step(result.lr);
    state_.skipped_in_a_row = 0;
  } else {
    ++state_.skipped;
    ++state_.skipped_in_a_row;
  }
  ++state_.step;
}

void TrainingLoop::warn_of_oddities(const StepResult& result) {
  const bool learnt = result.finite && result.answer_tokens > 0;
  const auto usual = learnt ? losses_.add(result.loss, job_.loop.spike_factor) : std::nullopt;
  if (learnt && result.masked_batches == 0 && !usual) return;
  const auto ids = id_list(all_ids(*job_.group, result.sample_ids));
  if (!result.finite) note_skipped(result, ids);
  if (result.masked_batches > 0)
    warn("all_masked",
         cat(result.masked_batches, " of ", job_.loop.accumulation,
             " batches have no answer token to learn from; look at the answers of samples ", ids));
  if (usual)
    warn("loss_spike", cat("loss ", fixed_text(result.loss, 4), " stands out above the usual ",
                           fixed_text(*usual, 4), ", samples ", ids));
}

void TrainingLoop::note_skipped(const StepResult& result, const std::string& ids) {
  warn("not_finite", cat("skipped: loss ", result.loss, ", gradient norm ", result.gradient_norm,
                         ", samples ", ids));
  if (state_.skipped_in_a_row < job_.loop.max_skipped_in_a_row) return;
  throw_numerics("loss or gradients were not finite in ", state_.skipped_in_a_row,
                 " steps in a row, the last with samples ", ids,
                 "; lower optimizer.lr, use dtype bf16 instead of fp16, or look at those samples");
}

StepResult TrainingLoop::try_step() {
  const auto result = train_step();
  if (!result.finite)
    throw_numerics(
        "loss ", result.loss, " and gradient norm ", result.gradient_norm,
        " of the first step are not both finite, samples ", id_list(result.sample_ids),
        "; lower optimizer.lr, use dtype bf16 instead of fp16, or look at those samples");
  return result;
}

}  // namespace ecg_lora::train
