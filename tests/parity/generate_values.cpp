// Likelihoods and texts for check_generate.py and bench/likelihood.py: generate_values MODEL
// IN.safetensors IN.json OUT.json. IN.safetensors holds a batch as inference::read_batch() reads
// it; each key of IN.json asks for one thing, and OUT.json answers under the same key.
#include <torch/torch.h>

#include <chrono>
#include <ctime>

#include "continuations.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/inference/decoding/decode.h"
#include "ecg_lora/inference/decoding/likelihood.h"
#include "ecg_lora/inference/decoding/options.h"
#include "ecg_lora/inference/reference/reference_pass.h"
#include "sampling.h"

namespace {

using namespace ecg_lora;
using Lists = std::vector<std::vector<std::vector<std::int64_t>>>;

/// log P(continuations[b][k] | row b) by a pass over the whole of every row and continuation, each
/// alone.
Json uncached(model::Mllama& model, const data::Batch& batch, const Lists& continuations) {
  Json result = Json::array();
  const auto images = model->encode_images(batch);
  for (std::int64_t b = 0; b < batch.rows(); ++b) {
    result.push_back(Json::array());
    for (const auto& tokens : continuations[static_cast<std::size_t>(b)]) {
      const auto real = batch.attention_mask[b].nonzero().flatten();
      const auto added = at::tensor(tokens, at::kLong);
      data::Batch row;
      row.tokens = at::cat({batch.tokens[b].index_select(0, real), added}).unsqueeze(0);
      row.attention_mask = at::ones_like(row.tokens);
      if (batch.row_images.defined()) {
        const auto seen = batch.cross_mask[b].index_select(0, real);
        row.row_images = batch.row_images.slice(0, b, b + 1);
        row.cross_mask =
            at::cat({seen, seen.slice(0, -1).expand({added.size(0), -1, -1})}).unsqueeze(0);
      }
      const auto states = model->hidden(row, images)[0].slice(0, real.size(0) - 1, -1);
      result.back().push_back(model->logits(states)
                                  .to(at::kDouble)
                                  .log_softmax(-1)
                                  .gather(1, added.unsqueeze(1))
                                  .sum()
                                  .item<double>());
    }
  }
  return result;
}

decoding::DecodeOptions decode_options(const Json& json) {
  decoding::DecodeOptions options;
  options.max_new_tokens = json.value("max_new_tokens", options.max_new_tokens);
  options.stops = json.value("stops", options.stops);
  options.temperature = json.value("temperature", options.temperature);
  options.top_k = json.value("top_k", options.top_k);
  options.top_p = json.value("top_p", options.top_p);
  options.seed = json.value("seed", options.seed);
  return options;
}

Json decoded(const std::vector<decoding::Decoded>& rows) {
  Json result = Json::array();
  for (const auto& row : rows)
    result.push_back({{"tokens", row.tokens}, {"logprob", row.logprob}, {"stopped", row.stopped}});
  return result;
}

Json scores(const std::vector<decoding::OptionScores>& rows) {
  Json result = Json::array();
  for (const auto& row : rows)
    result.push_back({{"sum", row.sum}, {"mean", row.mean}, {"pmi", row.pmi}});
  return result;
}

Json chosen(const Json& json) {
  const auto logits = at::tensor(json.at("logits").get<std::vector<double>>(), at::kDouble),
             uniform = at::tensor(json.at("uniform").get<std::vector<double>>(), at::kDouble);
  const auto tokens =
      decoding::choose(logits.expand({uniform.size(0), -1}), decode_options(json), uniform);
  return std::vector<std::int64_t>(tokens.const_data_ptr<std::int64_t>(),
                                   tokens.const_data_ptr<std::int64_t>() + tokens.numel());
}

/// Rows [from, to) of a batch, with all of its images.
data::Batch rows_of(const data::Batch& batch, std::int64_t from, std::int64_t to) {
  auto part = batch;
  for (auto* x :
       {&part.tokens, &part.attention_mask, &part.row_images, &part.cross_mask, &part.labels})
    if (x->defined()) *x = x->slice(0, from, to);
  return part;
}

/// Wall and processor seconds of `work`.
Json seconds(const std::function<void()>& work) {
  const auto cpu = std::clock();
  const auto start = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  return {{"wall", wall.count()},
          {"cpu", static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC}};
}

int run(int argc, char** argv) {
  if (argc != 5)
    throw_usage("expected a model folder, a batch, a request and an output file, got ", argc - 1,
                " arguments; name all four");
  const at::NoGradGuard guard;
  auto model = model::load_model(argv[1], at::kCPU, at::kFloat);
  model->eval();
  const auto batch = inference::read_batch(argv[2], model->config());
  const auto in = read_json(argv[3]);
  if (in.contains("threads")) at::set_num_threads(in.at("threads").get<int>());
  Json out = Json::object();
  if (in.contains("continuations")) {
    const auto lists = in.at("continuations").get<Lists>();
    out["continuations"] =
        decoding::log_likelihoods(model, batch, model->encode_images(batch), lists);
    out["uncached"] = uncached(model, batch, lists);
    out["options"] = scores(decoding::option_scores(
        model, batch, lists, in.at("content_free").get<std::vector<std::int64_t>>()));
  }
  if (in.contains("variants")) {
    const decoding::AnswerVariants variants{
        in.at("variants").at("yes").get<decoding::OptionTokens>(),
        in.at("variants").at("no").get<decoding::OptionTokens>()};
    out["variants"] = decoding::yes_probabilities(model, batch, variants);
    if (in.contains("time_rows"))
      for (const auto& rows : in.at("time_rows"))
        out["seconds"].push_back(seconds([&] {
          decoding::yes_probabilities(model, rows_of(batch, 0, rows.get<std::int64_t>()), variants);
        }));
  }
  if (in.contains("decode"))
    for (const auto& options : in.at("decode")) {
      std::vector<decoding::Decoded> rows;
      out["decode_seconds"].push_back(
          seconds([&] { rows = decoding::decode(model, batch, decode_options(options)); }));
      out["decode"].push_back(decoded(rows));
    }
  if (in.contains("decode_alone"))
    for (std::int64_t b = 0; b < batch.rows(); ++b)
      out["decode_alone"].push_back(decoded(decoding::decode(model, rows_of(batch, b, b + 1),
                                                             decode_options(in.at("decode_alone"))))
                                        .front());
  if (in.contains("choose"))
    for (const auto& one : in.at("choose")) out["choose"].push_back(chosen(one));
  write_json(argv[4], out);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return ecg_lora::guarded([&] { return run(argc, argv); });
}
