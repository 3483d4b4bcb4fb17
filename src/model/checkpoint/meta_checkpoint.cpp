// Names, splits and changes of shape as in transformers' convert_mllama_weights_to_hf.py.
#include "meta_checkpoint.h"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <set>
#include <sstream>

#include "ecg_lora/base/error.h"

namespace ecg_lora::model {
namespace {

namespace fs = std::filesystem;

/// Rows of each head from pairs (x0, y0, x1, y1, ...), which Meta rotates, to halves (x0, x1, ...,
/// y0, y1, ...), which Hugging Face rotates.
at::Tensor halves(const at::Tensor& weight, std::int64_t heads) {
  const auto rows = weight.size(0), columns = weight.size(1);
  return weight.reshape({heads, rows / heads / 2, 2, columns})
      .transpose(1, 2)
      .reshape({rows, columns});
}

/// Positions of a tile, [1 + old patches, D], for another number of patches: bicubic, and the first
/// row, of the class token, as it is.
at::Tensor resized(const at::Tensor& positions, std::int64_t patches) {
  if (positions.size(0) == patches) return positions;
  const auto old = static_cast<std::int64_t>(
                 std::llround(std::sqrt(static_cast<double>(positions.size(0) - 1)))),
             side = static_cast<std::int64_t>(
                 std::llround(std::sqrt(static_cast<double>(patches - 1))));
  const auto width = positions.size(1);
  if (old * old + 1 != positions.size(0))
    throw_checkpoint("the checkpoint has positions for ", positions.size(0) - 1,
                     " patches per tile, expected a square number; copy or download it again");
  const auto grid = positions.narrow(0, 1, old * old).t().reshape({1, width, old, old});
  const auto larger = at::upsample_bicubic2d(grid, {side, side}, /*align_corners=*/false)
                          .reshape({width, side * side})
                          .t();
  return at::cat({positions.narrow(0, 0, 1), larger});
}

/// Embeddings of tile places [rows, columns, P, D] to one row a canvas, [1 + canvases, tiles * P *
/// D]; row 0 is zero.
at::Tensor by_canvas(const at::Tensor& places, const VisionConfig& vision) {
  const auto patches = places.size(2), width = places.size(3);
  auto table = at::zeros({static_cast<std::int64_t>(vision.aspect_ratios.size()) + 1,
                          vision.max_tiles, patches, width},
                         places.options());
  for (std::size_t i = 0; i < vision.aspect_ratios.size(); ++i) {
    const auto [rows, columns] = vision.aspect_ratios[i];
    table[static_cast<std::int64_t>(i) + 1].narrow(0, 0, rows * columns) =
        places.narrow(0, 0, rows).narrow(1, 0, columns).reshape({rows * columns, patches, width});
  }
  return table.flatten(1);
}

at::Tensor tile_positions(const at::Tensor& places, const VisionConfig& vision) {
  const auto rows = places.size(0), columns = places.size(1), width = places.size(3);
  const auto flat = resized(places.permute({2, 0, 1, 3}).flatten(1), vision.patches());
  return by_canvas(flat.reshape({-1, rows, columns, width}).permute({1, 2, 0, 3}), vision);
}

/// Gates are single numbers, some of them stored in several copies.
at::Tensor first_element(const at::Tensor& gate) {
  return gate.flatten().narrow(0, 0, 1);
}

void check_same_names(const tensorio::PthFile& first, const tensorio::PthFile& other) {
  for (const auto& info : first.tensors())
    if (!other.find(info.name))
      throw_checkpoint(other.path().string(), " lacks ", info.name, ", which ",
                       first.path().string(),
                       " has, expected parts of one model; copy or download the checkpoint again");
  if (first.tensors().size() != other.tensors().size())
    throw_checkpoint(other.path().string(), " holds ", other.tensors().size(), " tensors and ",
                     first.path().string(), " ", first.tensors().size(),
                     ", expected parts of one model; copy or download the checkpoint again");
}

}  // namespace

std::vector<fs::path> meta_files(const fs::path& folder) {
  std::vector<fs::path> files;
  for (int part = 0; part < 100; ++part) {
    std::ostringstream name;
    name << "consolidated." << std::setfill('0') << std::setw(2) << part << ".pth";
    if (!fs::exists(folder / name.str())) break;
    files.push_back(folder / name.str());
  }
  if (files.empty() && fs::exists(folder / "consolidated.pth"))
    files.push_back(folder / "consolidated.pth");
  return files;
}

MetaCheckpoint::MetaCheckpoint(const fs::path& folder) : Checkpoint(folder) {
  for (const auto& file : meta_files(folder)) {
    parts_.push_back(std::make_unique<tensorio::PthFile>(file));
    check_same_names(*parts_.front(), *parts_.back());
    files_.push_back({file, {}});
  }
  if (parts_.empty())
    throw_checkpoint("no consolidated.pth and no consolidated.00.pth in ", folder.string(),
                     ", expected the weights in the folder of params.json; copy them there");
  const auto config = load_model_config(folder);
  add_text(config.text);
  add_vision(config.vision);
  add("multi_modal_projector.weight", {{"vision_model.vision_projection.weight"}, 0, {}, {}});
  add("multi_modal_projector.bias", {{"vision_model.vision_projection.bias"}, 0, {}, {}});
  add_rest();
  files_.front().names = names_;
}

/// Leaves the tensor out if the files lack a part of it: what reads the checkpoint misses it by
/// name.
void MetaCheckpoint::add(const std::string& name, Entry entry) {
  for (const auto& source : entry.sources)
    if (!parts_.front()->find(source)) return;
  try {
    const auto built = build(entry, /*shape_only=*/true);
    entry.info = {name, built.scalar_type(), built.sizes().vec(), 0, 0};
  } catch (const c10::Error& error) {
    throw_checkpoint(
        parts_.front()->path().string(), " holds ", entry.sources.front(), " in a shape ",
        at::IntArrayRef(parts_.front()->find(entry.sources.front())->shape),
        " that does not go with params.json; use the params.json that belongs to these weights");
  }
  names_.push_back(name);
  entries_[name] = std::move(entry);
}

void MetaCheckpoint::add_text(const TextConfig& text) {
  const auto turned = [](std::int64_t heads) {
    return [heads](const at::Tensor& weight) { return halves(weight, heads); };
  };
  add("language_model.model.embed_tokens.weight",
      {{"text_model.tok_embeddings.weight", "text_model.learnable_embedding.weight"}, 0, {}, {}});
  std::int64_t self = 0, cross = 0;
  for (std::int64_t i = 0; i < text.layers; ++i) {
    const bool is_cross = text.is_cross(i);
    const auto from = is_cross ? cat("text_model.cross_attention_layers.", cross++, ".")
                               : cat("text_model.layers.", self++, "."),
               to = cat("language_model.model.layers.", i, ".");
    const auto attention = to + (is_cross ? "cross_attn." : "self_attn.");
    for (const std::string part : {"q", "k", "v", "o"}) {
      const bool rotary = !is_cross && (part == "q" || part == "k");
      add(attention + part + "_proj.weight",
          {{from + "attention.w" + part + ".weight"},
           part == "o" ? 1 : 0,
           rotary ? Change(turned(part == "q" ? text.heads : text.kv_heads)) : Change(),
           {}});
    }
    if (is_cross) {
      for (const std::string part : {"q", "k"})
        add(attention + part + "_norm.weight",
            {{from + "attention." + part + "_norm.weight"}, -1, {}, {}});
      add(to + "cross_attn_attn_gate", {{from + "gate_attn"}, -1, first_element, {}});
      add(to + "cross_attn_mlp_gate", {{from + "gate_ffwd"}, -1, first_element, {}});
    }
    add(to + "mlp.gate_proj.weight", {{from + "feed_forward.w1.weight"}, 0, {}, {}});
    add(to + "mlp.up_proj.weight", {{from + "feed_forward.w3.weight"}, 0, {}, {}});
    add(to + "mlp.down_proj.weight", {{from + "feed_forward.w2.weight"}, 1, {}, {}});
    add(to + "input_layernorm.weight", {{from + "attention_norm.weight"}, -1, {}, {}});
    add(to + "post_attention_layernorm.weight", {{from + "ffn_norm.weight"}, -1, {}, {}});
  }
  add("language_model.model.norm.weight", {{"text_model.norm.weight"}, -1, {}, {}});
  add("language_model.lm_head.weight", {{"text_model.output.weight"}, 0, {}, {}});
}

void MetaCheckpoint::add_vision(const VisionConfig& vision) {
  const std::string from = "vision_model.vision_encoder.", to = "vision_model.";
  const auto square = vision.patch_size;
  add(to + "class_embedding", {{from + "class_embedding"}, -1, {}, {}});
  add(to + "patch_embedding.weight",
      {{from + "conv1._linear.weight"},
       0,
       [=](const at::Tensor& w) { return w.reshape({w.size(0), 3, square, square}); },
       {}});
  add(to + "gated_positional_embedding.embedding",
      {{from + "positional_embedding"},
       -1,
       [=](const at::Tensor& w) { return resized(w, vision.patches()); },
       {}});
  add(to + "gated_positional_embedding.gate",
      {{from + "gated_positional_embedding_gate"}, -1, first_element, {}});
  add(to + "gated_positional_embedding.tile_embedding.weight",
      {{from + "gated_positional_embedding"},
       -1,
       [=](const at::Tensor& w) { return tile_positions(w, vision); },
       {}});
  for (const std::string where : {"pre", "post"}) {
    add(to + where + "_tile_positional_embedding.embedding.weight",
        {{from + where + "_tile_pos_embed.embedding"},
         -1,
         [=](const at::Tensor& w) { return by_canvas(w, vision); },
         {}});
    add(to + where + "_tile_positional_embedding.gate",
        {{from + where + "_tile_pos_embed.gate"}, -1, first_element, {}});
    for (const std::string part : {"weight", "bias"})
      add(to + "layernorm_" + where + "." + part,
          {{from + "ln_" + where + "." + part}, -1, {}, {}});
  }
  add_vision_layers("transformer", vision.local_layers);
  add_vision_layers("global_transformer", vision.global_layers);
}

void MetaCheckpoint::add_vision_layers(const std::string& encoder, std::int64_t layers) {
  for (std::int64_t i = 0; i < layers; ++i) {
    const auto from = cat("vision_model.vision_encoder.", encoder, ".resblocks.", i, "."),
               to = cat("vision_model.", encoder, ".layers.", i, ".");
    for (const std::string part : {"q", "k", "v", "o"})
      add(to + "self_attn." + part + "_proj.weight",
          {{from + "attn.w" + part + ".weight"}, part == "o" ? 1 : 0, {}, {}});
    add(to + "mlp.fc1.weight", {{from + "mlp.c_fc.weight"}, 0, {}, {}});
    add(to + "mlp.fc1.bias", {{from + "mlp.c_fc.bias"}, 0, {}, {}});
    add(to + "mlp.fc2.weight", {{from + "mlp.c_proj.weight"}, 1, {}, {}});
    add(to + "mlp.fc2.bias", {{from + "mlp.c_proj.bias"}, -1, {}, {}});
    for (const std::string part : {"weight", "bias"}) {
      add(to + "input_layernorm." + part, {{from + "ln_1." + part}, -1, {}, {}});
      add(to + "post_attention_layernorm." + part, {{from + "ln_2." + part}, -1, {}, {}});
    }
    for (const std::string gate : {"gate_attn", "gate_ffn"})
      add(to + gate, {{from + gate}, -1, first_element, {}});
  }
}

/// What Hugging Face has no place for, under Meta's name, so that it is not lost in silence;
/// frequencies of the rotary embedding are computed again.
void MetaCheckpoint::add_rest() {
  std::set<std::string> used{"text_model.rope.freqs"};
  for (const auto& [name, entry] : entries_)
    used.insert(entry.sources.begin(), entry.sources.end());
  for (const auto& info : parts_.front()->tensors())
    if (!used.count(info.name)) add(info.name, {{info.name}, -1, {}, {}});
}

const tensorio::TensorInfo& MetaCheckpoint::info(const std::string& name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end())
    throw_checkpoint("checkpoint ", folder_.string(), " has no tensor ", name,
                     "; use the checkpoint that belongs here");
  return found->second.info;
}

at::Tensor MetaCheckpoint::tensor(const std::string& name) const {
  info(name);
  return build(entries_.at(name), false).contiguous();
}

void MetaCheckpoint::release_pages(const std::string& name) const {
  for (const auto& part : parts_)
    for (const auto& source : entries_.at(name).sources) part->release_pages(source);
}

void MetaCheckpoint::prefetch(const std::string& name) const {
  for (const auto& part : parts_)
    for (const auto& source : entries_.at(name).sources) part->prefetch(source);
}

at::Tensor MetaCheckpoint::joined(const std::string& source, int split, bool shape_only) const {
  std::vector<at::Tensor> tensors;
  for (const auto& part : parts_) {
    const auto& info = *part->find(source);
    tensors.push_back(
        shape_only ? at::empty(info.shape, at::TensorOptions().dtype(info.dtype).device(at::kMeta))
                   : part->tensor(source));
    if (split < 0) break;
  }
  return tensors.size() == 1 ? tensors.front() : at::cat(tensors, split);
}

at::Tensor MetaCheckpoint::build(const Entry& entry, bool shape_only) const {
  std::vector<at::Tensor> rows;
  for (const auto& source : entry.sources) rows.push_back(joined(source, entry.split, shape_only));
  const auto whole = rows.size() == 1 ? rows.front() : at::cat(rows);
  return entry.change ? entry.change(whole) : whole;
}

}  // namespace ecg_lora::model
