// Which canvas of tiles an image is laid on, and how large it is made there.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace ecg_lora::data {

/// Rows and columns of tiles.
using Canvas = std::array<int, 2>;

/// All canvases of at most `max_tiles` tiles, in the order that gives them their ids (position +
/// 1).
std::vector<Canvas> all_canvases(int max_tiles);

/// The smallest upscale of at least 1 wins, else the largest downscale; ties by least area.
Canvas choose_canvas(int height, int width, int tile_size, int max_tiles);

/// Height and width of the image on its canvas, px; at least a tile along one side, at most the
/// canvas.
std::array<int, 2> fit_to_canvas(int height, int width, const Canvas& canvas, int tile_size);

}  // namespace ecg_lora::data
