// A small Mllama with random weights, in Hugging Face's layout.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ecg_lora::tiny {

/// Shape of the small model; visit() describes each field. The default reads a page of 1120 x 864
/// px at 2 px/mm on a canvas of 2 x 2 tiles.
struct ModelShape {
  std::int64_t tile_size = 280, patch_size = 28, max_tiles = 4;
  std::int64_t vision_width = 192, vision_heads = 6, vision_mlp = 768, local_layers = 4,
               global_layers = 2;
  std::vector<int> kept_layers{1, 3};
  std::string vision_states = "leaving";
  std::int64_t text_width = 192, heads = 6, kv_heads = 2, text_mlp = 512, text_layers = 4;
  std::vector<int> cross_layers{1, 3};
  std::int64_t vocabulary = 768;
  template <class V>
  void visit(V& v) {
    v.field("tile_size", tile_size, "tile, px").range(8, 4096);
    v.field("patch_size", patch_size, "patch, px; divides the tile").range(1, 4096);
    v.field("max_tiles", max_tiles, "most tiles of an image").range(1, 16);
    v.field("vision_width", vision_width, "width of the vision tower").range(1, 65536);
    v.field("vision_heads", vision_heads, "heads of the vision tower").range(1, 1024);
    v.field("vision_mlp", vision_mlp, "inner width of its MLPs").range(1, 262144);
    v.field("local_layers", local_layers, "layers before the global ones").range(1, 1000);
    v.field("global_layers", global_layers, "gated global layers").range(1, 1000);
    v.field("kept_layers", kept_layers, "local layers whose states are kept").range(0, 999);
    v.field("vision_states", vision_states, "the states that enter those layers, or leave them")
        .one_of({"entering", "leaving"});
    v.field("text_width", text_width, "width of the decoder").range(1, 65536);
    v.field("heads", heads, "query heads of the decoder").range(1, 1024);
    v.field("kv_heads", kv_heads, "key/value heads; divides the query heads").range(1, 1024);
    v.field("text_mlp", text_mlp, "inner width of the decoder's MLPs").range(1, 262144);
    v.field("text_layers", text_layers, "layers of the decoder").range(1, 1000);
    v.field("cross_layers", cross_layers, "layers that look at the image").range(0, 999);
    v.field("vocabulary", vocabulary, "pieces of the tokenizer").range(300, 200000);
  }
};

/// "tiny" (the default shape, 6 million parameters), "40m" or "300m"; usage error otherwise.
ModelShape model_shape(const std::string& size);

/// Writes config.json, weights (fp32 or bf16, a pure function of `seed`), processor files and a
/// sentencepiece tokenizer trained on questions about ECGs. Linears are drawn for training from
/// scratch, and every gate is open. Usage error if `folder` exists, the shape is impossible or
/// `dtype` is another.
void write_model(const std::filesystem::path& folder, const ModelShape& shape, std::uint64_t seed,
                 const std::string& dtype);

}  // namespace ecg_lora::tiny
