#include "reduce.h"

namespace ecg_lora::train {

bool sum_counts(distributed::Group& group, StepResult& result, bool stop) {
  std::int64_t* const counts[] = {&result.answer_tokens, &result.text_tokens, &result.samples,
                                  &result.images, &result.masked_batches};
  std::vector<double> numbers;  // exact up to 2^53
  for (const auto* count : counts) numbers.push_back(static_cast<double>(*count));
  numbers.push_back(result.flops), numbers.push_back(stop);
  const auto sums = at::tensor(numbers, at::kDouble);
  group.sum(sums);
  const auto* value = sums.const_data_ptr<double>();
  for (auto* count : counts) *count = static_cast<std::int64_t>(*value++);
  result.flops = *value++;
  return *value > 0;
}

namespace {

using Parameters = std::vector<std::pair<std::string, at::Tensor>>;

/// The gradients one after the other, 0 for those that this rank lacks, and then a 1 or 0 for each
/// parameter: whether it has one. [sum of elements + parameters] fp32.
at::Tensor flat_gradients(const Parameters& parameters) {
  std::vector<at::Tensor> parts;
  std::vector<float> present;
  for (const auto& [name, parameter] : parameters) {
    const auto gradient = parameter.grad();
    present.push_back(gradient.defined() ? 1.F : 0.F);
    parts.push_back(gradient.defined()
                        ? gradient.to(at::kFloat).flatten()
                        : at::zeros({parameter.numel()},
                                    parameter.options().dtype(at::kFloat).requires_grad(false)));
  }
  parts.push_back(at::tensor(present).to(parts.front().device()));
  return at::cat(parts);
}

/// Puts back what flat_gradients() gave, summed over ranks; nothing where no rank has a gradient.
void set_gradients(const Parameters& parameters, const at::Tensor& flat) {
  const auto counts = flat.slice(0, flat.numel() - std::ssize(parameters)).to(at::kCPU);
  std::int64_t begin = 0, index = 0;
  for (const auto& [name, parameter] : parameters) {
    const auto count = parameter.numel();
    if (counts[index++].item<float>() > 0)
      parameter.mutable_grad() =
          flat.slice(0, begin, begin + count).view(parameter.sizes()).to(parameter.scalar_type());
    begin += count;
  }
}

}  // namespace

void sum_gradients(distributed::Group& group, const Parameters& parameters, double& loss) {
  if (group.ranks() == 1 || parameters.empty()) return;
  const at::NoGradGuard guard;
  const auto flat = flat_gradients(parameters);
  group.sum(flat);
  const auto total = at::tensor({loss}, at::kDouble);
  group.sum(total);
  loss = total.item<double>();
  set_gradients(parameters, flat);
}

void sum_pair(distributed::Group& group, double& first, std::int64_t& second) {
  const auto sums = at::tensor({first, static_cast<double>(second)}, at::kDouble);
  group.sum(sums);
  first = sums[0].item<double>();
  second = static_cast<std::int64_t>(sums[1].item<double>());
}

std::vector<std::int64_t> all_ids(distributed::Group& group, const std::vector<std::int64_t>& ids) {
  if (group.ranks() == 1) return ids;
  const auto sizes = at::zeros({group.ranks()}, at::kLong);
  sizes[group.rank()] = static_cast<std::int64_t>(ids.size());
  group.sum(sizes);
  const auto longest = sizes.max().item<std::int64_t>();
  const auto mine = at::zeros({longest}, at::kLong);
  if (!ids.empty()) mine.slice(0, 0, static_cast<std::int64_t>(ids.size())).copy_(at::tensor(ids));
  const auto whole = at::zeros({group.ranks(), longest}, at::kLong);
  group.gather(whole, mine)->wait();
  std::vector<std::int64_t> result;
  for (std::int64_t rank = 0; rank < group.ranks(); ++rank)
    for (std::int64_t i = 0; i < sizes[rank].item<std::int64_t>(); ++i)
      result.push_back(whole[rank][i].item<std::int64_t>());
  return result;
}

}  // namespace ecg_lora::train
