// What is done to the pixels, in the order in which it happens: on the sheet, then to the picture
// of it.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "draw.h"
#include "tone.h"
#include "warp.h"

namespace ecg_lora::page::paper {

// On the sheet; lengths in mm, `px_per_mm` of the page as drawn.

/// Marks near the leads of `boxes`, or anywhere if there are none; ink darkens what it crosses.
void write_by_hand(Draw& draw, const std::vector<LeadBox>& boxes, double px_per_mm, cv::Mat& page);
/// Onto a tone of the page.
void fade(Draw& draw, Tone& tone);
void stain(Draw& draw, double px_per_mm, cv::Mat& page);

// The picture.

/// What lies around the sheet: a table, a scanner's lid, a screen's frame, or white if none of
/// these effects acts.
struct Surroundings {
  Draw* table = nullptr;
  Draw* lid = nullptr;
  Draw* screen = nullptr;
};
void draw_surroundings(const Surroundings& around, const Warp& warp, double px_per_mm,
                       cv::Mat& picture);

/// Light and colour, onto a tone of the picture.
void cast_shadow(Draw& draw, Tone& tone);
void light_unevenly(Draw& draw, Tone& tone);
void set_colour_temperature(Draw& draw, Tone& tone);

/// Dark bands along the edges, streaks along the scan.
void scan_edges(Draw& draw, double px_per_mm, cv::Mat& picture);
/// The screen's sub-pixels against those of the camera.
void photograph_screen(Draw& draw, const Warp& warp, cv::Mat& picture);
void blur(Draw& draw, double px_per_mm, cv::Mat& picture);
void add_noise(Draw& draw, cv::Mat& picture);
void compress(Draw& draw, cv::Mat& picture);

}  // namespace ecg_lora::page::paper
