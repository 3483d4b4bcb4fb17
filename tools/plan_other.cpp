#include "plan_other.h"

#include <iomanip>
#include <iostream>

#include "base_room.h"
#include "ecg_lora/base/json_text.h"
#include "ecg_lora/model/check_checkpoint.h"
#include "merge_room.h"

namespace ecg_lora::tools {
namespace {

/// The model and what is asked of it, with the command line over what is usual.
struct Asked {
  ComputeConfig compute;
  std::string model, adapter;
  plan::Prompts prompts;
};

void take_over(plan::Prompts& prompts, const OtherPlan& options) {
  if (options.images > 0) prompts.images = options.images;
  if (options.rows > 0) prompts.rows = options.rows;
  if (options.tokens > 0) prompts.tokens = options.tokens;
  if (options.answers > 0) prompts.new_tokens = options.answers;
}

Json to_json(const plan::InferencePlan& plan) {
  return {{"weights", weights_json(plan.weights)},
          {"adapters", plan.adapters},
          {"batch", plan.batch},
          {"states", plan.states},
          {"caches", plan.caches},
          {"workspace", plan.workspace},
          {"total", plan.total()},
          {"peak_at", plan.peak_at}};
}

void print(const Asked& asked, const plan::InferencePlan& plan) {
  const auto& [images, rows, tokens, words, every_logit] = asked.prompts;
  print_base(asked.model, asked.compute);
  std::cout << "prompts       " << rows << " of " << tokens << " tokens on " << images
            << " images, " << (words > 0 ? cat("answers of ", words, " tokens") : "likelihoods")
            << "\n";
  print_weights(plan.weights);
  print_bytes("adapters", plan.adapters);
  print_bytes("batch", plan.batch);
  print_bytes("states", plan.states);
  print_bytes("caches", plan.caches);
  print_bytes("workspace", plan.workspace);
  print_bytes("total", plan.total(), plan.peak_at);
}

int plan_answers(Asked asked, bool json) {
  model::check_checkpoint(asked.model);
  resolve_dtype(asked.compute, asked.model);
  const auto input = inference_input(asked.compute, asked.model, asked.adapter, asked.prompts);
  const auto plan = plan::plan_inference(input);
  const auto load = base_load(asked.compute, asked.model, input.cuda);
  const auto need = plan::need_of(load, plan.total(), plan.batch);
  const auto room = plan::room_now(load.cuda);
  if (json) {
    auto result = to_json(plan);
    result.update(process_json(need, room));
    std::cout << json_document(result);
    return 0;
  }
  print(asked, plan);
  print_process(need, room);
  return 0;
}

int print_streamed(const plan::Need& need, const OtherPlan& options) {
  const auto room = plan::room_now(/*cuda=*/false);
  if (options.json)
    std::cout << json_document(process_json(need, room));
  else
    print_process(need, room);
  return 0;
}

/// The larger of what merging and --verify need.
plan::Need whole_merge_need(const OtherPlan& options) {
  MergeRecipe recipe;
  recipe.base = options.model;
  recipe.options.dtype = options.dtype == "auto" ? "" : options.dtype;
  for (const auto& adapter : options.adapters) recipe.options.adapters.push_back({adapter, 1});
  if (options.adapters.empty())
    throw_usage("--for merge needs an adapter, got none; name it with --adapter");
  const auto need = merge_need(recipe);
  if (!options.verify || !merges_one(recipe.options)) return need;
  const auto verify = verify_need(recipe);
  return verify.host_peak() > need.host_peak() ? verify : need;
}

}  // namespace

void print_base(const std::string& model, const ComputeConfig& compute) {
  std::cout << "base          " << model << " in " << compute.dtype << ", quantisation "
            << compute.base_quantisation << "\n";
}

void print_bytes(const std::string& name, std::int64_t bytes, const std::string& note) {
  std::cout << std::left << std::setw(14) << name << std::right << std::setw(12) << std::fixed
            << std::setprecision(3) << static_cast<double>(bytes) / 1e9 << " GB"
            << (note.empty() ? "" : "   " + note) << "\n";
}

void print_weights(const model::WeightBytes& weights) {
  const auto quantised = static_cast<double>(weights.quantised) / 1e9;
  print_bytes("weights", weights.total(),
              weights.quantised > 0 ? cat(quantised, " GB of them quantised") : "");
}

Json weights_json(const model::WeightBytes& weights) {
  return {{"quantised", weights.quantised}, {"dense", weights.dense}};
}

Json process_json(const plan::Need& need, const plan::Room& room) {
  Json limits = Json::array();
  for (const auto& limit : room.limits)
    limits.push_back({{"name", limit.name}, {"left", limit.left}});
  const auto lack = plan::shortage(need, room);
  Json process{{"libraries", need.libraries}, {"loading", need.loading},
               {"pages", need.pages},         {"working", need.working},
               {"at_most", need.host_peak()}, {"needed", need.host()}};
  Json machine{{"limits", limits}, {"processes", room.processes}, {"fits", lack.empty()}};
  if (!lack.empty()) machine["shortage"] = lack;
  return {{"process", process}, {"machine", machine}};
}

void print_process(const plan::Need& need, const plan::Room& room) {
  print_bytes("process", need.host_peak(),
              cat("at most on the host: libraries ", plan::format_giga(need.libraries),
                  ", loading ", plan::format_giga(need.loading), " and pages of the file ",
                  plan::format_giga(need.pages), ", then ", plan::format_giga(need.working)));
  const auto lack = plan::shortage(need, room);
  std::cout << "this machine  " << (lack.empty() ? "fits" : "does NOT fit: " + lack) << "\n";
}

int run_plan(const EvalRecipe& recipe, OtherPlan options) {
  Asked asked{recipe.compute, recipe.model, recipe.adapter, prompts_of(recipe)};
  take_over(asked.prompts, options);
  return plan_answers(std::move(asked), options.json);
}

int run_plan(const OtherPlan& options) {
  if (options.model.empty())
    throw_usage("--for ", options.command, " needs a model, got none; name it with --model");
  if (options.command != "predict") model::check_checkpoint(options.model);
  if (options.command == "merge") return print_streamed(whole_merge_need(options), options);
  if (options.command == "extract")
    return print_streamed(extract_need(options.model, options.tuned, options.rank), options);
  Asked asked;
  asked.compute.dtype = options.dtype;
  asked.compute.device = options.device;
  asked.compute.base_quantisation = options.base_quantisation;
  asked.model = options.model;
  asked.adapter = options.adapters.empty() ? "" : options.adapters.front();
  asked.prompts = {1, 1, 64, 128};
  take_over(asked.prompts, options);
  return plan_answers(std::move(asked), options.json);
}

}  // namespace ecg_lora::tools
