// Validation: the loss, and what the recipe asks of the model.
#include <torch/torch.h>

#include "ecg_lora/base/log.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/base/text_table.h"
#include "ecg_lora/train/loop/loss.h"
#include "reduce.h"
#include "retry.h"
#include "text.h"
#include "training_loop.h"

namespace ecg_lora::train {

/// Of this rank; if weights are sharded, as many as of any other.
std::int64_t TrainingLoop::validation_batches() const {
  const auto size = job_.validation->size(), rank = std::int64_t{job_.group->rank()},
             ranks = std::int64_t{job_.group->ranks()};
  return data::share_size(size, job_.loop.shard_weights ? 0 : rank, ranks);
}

double TrainingLoop::validation_loss(std::int64_t& tokens) {
  double sum = 0;
  const auto count = validation_batches();
  Progress progress("validating", count, "batches");
  for (std::int64_t i = 0; i < count; ++i) {
    const bool own = i * job_.group->ranks() + job_.group->rank() < job_.validation->size();
    const auto batch = with_layers_of_others(
        own ? keep_trying(job_.loop.retry_seconds, [&] { return job_.validation->get(0, i); })
            : data::Batch{});
    progress.advance();
    stop_if_asked();
    if (batch.rows() == 0) continue;
    const auto loss = batch_loss(job_.model, batch);
    if (loss.tokens == 0) zero_loss(batch);
    sum += loss.sum.item<double>();
    tokens += loss.tokens;
  }
  progress.finish();
  sum_pair(*job_.group, sum, tokens);
  return sum / static_cast<double>(std::max<std::int64_t>(1, tokens));
}

void TrainingLoop::validate() {
  const bool has_loss = job_.validation && job_.validation->size() > 0;
  if (!has_loss && !job_.probe) return;
  const at::NoGradGuard guard;
  job_.model->eval();
  std::int64_t tokens = 0;
  std::optional<double> loss;
  if (has_loss) loss = validation_loss(tokens);
  const auto probe = job_.probe ? keep_trying(job_.loop.retry_seconds, job_.probe) : ProbeResult{};
  Json line = {{"step", state_.step}};
  if (loss) line.update({{"validation_loss", *loss}, {"tokens", tokens}});
  if (!probe.auroc_of.empty())
    line.update({{"validation_auroc", probe.auroc ? Json(*probe.auroc) : Json()},
                 {"auroc", probe.auroc_of}});
  if (!probe.answers.empty()) line["answers"] = probe.answers;
  new_best_ =
      note_validation(state_, job_.loop, job_.loop.best_by == "loss" ? loss : probe.auroc) &&
      job_.loop.keep_best;
  line["best"] = state_.best_step == state_.step;
  log_line(line);
  log_info(cat("step ", state_.step, ": validation", loss ? " loss " + fixed_text(*loss, 4) : "",
               probe.auroc ? " AUROC " + fixed_text(*probe.auroc, 3) : "",
               state_.best_step == state_.step ? ", the best so far" : ""));
}

}  // namespace ecg_lora::train
