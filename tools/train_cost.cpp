#include "train_cost.h"

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/cost/card.h"
#include "ecg_lora/plan/arithmetic.h"

namespace ecg_lora::tools {

void count_arithmetic(const train::TrainJob& job, const TrainRecipe& recipe) {
  plan::PlanInput input;
  input.model = job.model->config();
  input.base = base_quantisation(recipe.compute);
  input.dtype = job.model->dtype();
  input.lora = recipe.lora, input.optimizer = recipe.optimizer, input.loop = recipe.loop;
  input.loop.accumulation /= job.group->ranks();
  input.cuda = job.model->device().is_cuda();
  const auto arithmetic = std::make_shared<plan::Arithmetic>(input);
  job.cost->arithmetic = [arithmetic](const data::Batch& batch) { return arithmetic->of(batch); };
  job.cost->plan = [arithmetic] { return arithmetic->others(); };
}

void log_cost(const cost::Record& record) {
  for (const auto& [name, value] : cost::facts(record)) log_info(cat("cost: ", name, ": ", value));
}

}  // namespace ecg_lora::tools
