#include "continuations.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "ecg_lora/base/error.h"
#include "ecg_lora/model/mllama/not_finite.h"
#include "tree_pass.h"

namespace ecg_lora::decoding {
namespace {

constexpr std::size_t kMaxNodes =
    8192;  ///< of a pass, unless one row alone has more: bounds the memory for activations
constexpr std::int64_t kMaxLogits = std::int64_t{1}
                                    << 24;  ///< computed at a time, 128 MiB in float64

/// The rows of a batch on the host, without padding.
struct Rows {
  std::vector<std::vector<Step>> steps;
  std::vector<std::vector<std::int64_t>> images;
  std::int64_t tiles = 1;
};

std::vector<std::int64_t> numbers(const at::Tensor& row) {
  return {row.const_data_ptr<std::int64_t>(), row.const_data_ptr<std::int64_t>() + row.numel()};
}

Rows read_rows(const data::Batch& batch) {
  const auto tokens = batch.tokens.contiguous(), mask = batch.attention_mask.contiguous();
  const bool shown = batch.row_images.defined() && batch.cross_mask.defined();
  const auto cross = shown ? batch.cross_mask.flatten(2).contiguous() : at::Tensor();
  const auto images = shown ? batch.row_images.contiguous() : at::Tensor();
  Rows rows;
  if (shown) rows.tiles = batch.cross_mask.size(3);
  for (std::int64_t b = 0; b < batch.rows(); ++b) {
    const auto ids = numbers(tokens[b]), real = numbers(mask[b]);
    const auto* seen =
        shown ? reinterpret_cast<const char*>(cross[b].const_data_ptr<bool>()) : nullptr;
    const auto width = shown ? static_cast<std::size_t>(cross.size(2)) : 0;
    auto& steps = rows.steps.emplace_back();
    for (std::size_t s = 0; s < ids.size(); ++s)
      if (real[s] != 0)
        steps.push_back({ids[s], seen ? std::string(seen + s * width, width) : std::string()});
    if (steps.empty()) throw_usage("row ", b, " of a batch has no token, expected a prompt");
    rows.images.push_back(shown ? numbers(images[b]) : std::vector<std::int64_t>{});
  }
  return rows;
}

void check_tokens(const std::vector<std::vector<std::vector<std::int64_t>>>& continuations,
                  std::int64_t vocabulary) {
  for (std::size_t b = 0; b < continuations.size(); ++b)
    for (const auto& tokens : continuations[b]) {
      if (tokens.empty())
        throw_usage("a continuation of row ", b, " is empty, expected at least one token");
      for (const auto token : tokens)
        if (token < 0 || token >= vocabulary)
          throw_usage("a continuation of row ", b, " has token ", token, ", expected 0 to ",
                      vocabulary - 1, ", which the model can say");
    }
}

/// A token whose likelihood is wanted: after `node` of `tree`, for continuation `k` of row `row`.
struct Wanted {
  std::size_t tree, row, k;
  std::int64_t node, token;
};

struct Trees {
  std::vector<ImageTree> trees;
  std::vector<Wanted> wanted;  ///< in the order of their trees
};

/// Adds row `b` and its continuations to `tree`. A continuation sees the tiles that the last token
/// of its row sees.
void add_row(const std::vector<Step>& steps,
             const std::vector<std::vector<std::int64_t>>& continuations, std::size_t b,
             std::size_t index, PrefixTree& tree, std::vector<Wanted>& wanted) {
  const auto end = tree.path(-1, steps);
  for (std::size_t k = 0; k < continuations.size(); ++k) {
    const auto& tokens = continuations[k];
    auto node = end;
    for (std::size_t t = 0; t < tokens.size(); ++t) {
      if (t > 0) node = tree.child(node, {tokens[t - 1], steps.back().tiles});
      wanted.push_back({index, b, k, node, tokens[t]});
    }
  }
}

Trees build(const Rows& rows,
            const std::vector<std::vector<std::vector<std::int64_t>>>& continuations) {
  std::map<std::vector<std::int64_t>, std::vector<std::size_t>> on_images;
  for (std::size_t b = 0; b < rows.steps.size(); ++b)
    if (!continuations[b].empty()) on_images[rows.images[b]].push_back(b);
  Trees result;
  for (const auto& [images, members] : on_images) {
    bool full = true;
    for (const auto b : members) {
      if (full) result.trees.push_back({{}, images});
      auto& tree = result.trees.back().tree;
      add_row(rows.steps[b], continuations[b], b, result.trees.size() - 1, tree, result.wanted);
      full = tree.nodes().size() > kMaxNodes / 2;  // attention grows with the square of a tree
    }
  }
  return result;
}

/// As many trees from `first` on as one pass may hold, padded to the largest of them; at least one.
std::vector<const ImageTree*> next_pass(const std::vector<ImageTree>& trees, std::size_t first) {
  std::vector<const ImageTree*> pass;
  std::size_t largest = 0;
  for (auto next = first; next < trees.size(); ++next) {
    largest = std::max(largest, trees[next].tree.nodes().size());
    if (!pass.empty() && largest * (pass.size() + 1) > kMaxNodes) break;
    pass.push_back(&trees[next]);
  }
  return pass;
}

/// Adds to `sums` the likelihoods of wanted [begin, end), whose trees from `first` on have the
/// final states `hidden`.
void add_likelihoods(model::Mllama& model, const at::Tensor& hidden, std::size_t first,
                     const Wanted* begin, const Wanted* end,
                     std::vector<std::vector<double>>& sums) {
  std::map<std::int64_t, std::int64_t>
      place;  // of each state that is asked, once however many tokens it is asked about
  std::vector<std::int64_t> states;
  const auto key = [&](const Wanted& w) {
    return static_cast<std::int64_t>(w.tree - first) * hidden.size(1) + w.node;
  };
  for (const auto* w = begin; w != end; ++w)
    if (place.try_emplace(key(*w), static_cast<std::int64_t>(states.size())).second)
      states.push_back(key(*w));
  const auto picked = hidden.flatten(0, 1).index_select(0, at::tensor(states).to(hidden.device()));
  const auto step = std::max<std::int64_t>(1, kMaxLogits / model->config().text.vocab_size);
  for (std::int64_t from = 0; from < picked.size(0); from += step) {
    const auto logits = model->logits(picked.slice(0, from, from + step)).to(at::kDouble);
    const auto log_p = (logits - logits.logsumexp(1, /*keepdim=*/true));
    std::vector<std::int64_t> rows, tokens;
    std::vector<const Wanted*> here;
    for (const auto* w = begin; w != end; ++w)
      if (const auto row = place.at(key(*w)) - from; row >= 0 && row < log_p.size(0))
        rows.push_back(row), tokens.push_back(w->token), here.push_back(w);
    const auto flat =
        log_p.flatten()
            .index_select(
                0, (at::tensor(rows) * log_p.size(1) + at::tensor(tokens)).to(log_p.device()))
            .cpu();
    for (std::size_t i = 0; i < here.size(); ++i)
      sums[here[i]->row][here[i]->k] += flat.const_data_ptr<double>()[i];
  }
}

}  // namespace

std::vector<std::vector<double>> log_likelihoods(
    model::Mllama& model, const data::Batch& batch, const at::Tensor& image_states,
    const std::vector<std::vector<std::vector<std::int64_t>>>& continuations) {
  const at::NoGradGuard guard;
  if (continuations.size() != static_cast<std::size_t>(batch.rows()))
    throw_usage("continuations of ", continuations.size(), " rows were given for a batch of ",
                batch.rows(), "; give a list for each row");
  std::vector<std::vector<double>> sums;
  for (const auto& row : continuations) sums.emplace_back(row.size(), 0.0);
  check_tokens(continuations, model->config().text.vocab_size);
  const auto rows = read_rows(batch);
  const auto [trees, wanted] = build(rows, continuations);
  auto begin = wanted.begin();
  for (std::size_t first = 0; first < trees.size();) {
    const auto pass = next_pass(trees, first);
    const auto next = first + pass.size();
    const auto end =
        std::find_if(begin, wanted.end(), [&](const Wanted& w) { return w.tree >= next; });
    add_likelihoods(model, tree_states(model, pass, image_states, rows.tiles), first, &*begin,
                    &*begin + (end - begin), sums);
    begin = end, first = next;
  }
  for (const auto& row : sums)
    for (const double sum : row)
      if (!std::isfinite(sum)) model::throw_not_finite(model, batch, image_states);
  return sums;
}

}  // namespace ecg_lora::decoding
