// Creases (the sheet was folded and opened again) and wrinkles (it was crumpled): each moves what
// is drawn and shades the paper.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "draw.h"
#include "tone.h"

namespace ecg_lora::page::paper {

/// A sharp fold across the whole sheet, nearly straight: t = normal * place - offset + the waves;
/// everything in mm.
struct Crease {
  cv::Point2d normal;
  double offset = 0;
  double shift = 0,
         shift_width = 3;  ///< largest displacement, along the normal, at t = shift_width
  double wave = 0, wave_length = 60, phase = 0;  ///< how far it is from a straight line
  double dark = 0, worn = 0,
         tilt = 0;  ///< shares: shade in the fold, ink lost on it, light lost on one side

  /// t without the waves, and the place along the crease.
  double straight(cv::Point2d place) const { return normal.dot(place) - offset; }
  double along(cv::Point2d place) const { return normal.x * place.y - normal.y * place.x; }
  double waves(double along) const;
};

/// A fold of crumpled paper, which fades out: the sheet is tilted one way before it and another way
/// behind.
struct Facet {
  cv::Point2d normal, middle;
  double width = 2, length = 40, weight = 1;
};

struct Wrinkles {
  std::vector<Facet> facets;
  double shift = 0;                                           ///< mm, of one facet of weight 1
  double shade = 0;                                           ///< share of light
  cv::Point2d light;                                          ///< from where
  double wave = 0, wave_x = 0, wave_y = 0, wave_length = 80;  ///< mm: slow undulation of the sheet
};

std::vector<Crease> draw_creases(Draw& draw, double width_mm, double height_mm);
Wrinkles draw_wrinkles(Draw& draw, double width_mm, double height_mm);

/// What folds do to the sheet at each node of a lattice.
struct Relief {
  Lattice lattice;
  cv::Mat x, y;   ///< CV_32F [nodes]: displacement, mm
  cv::Mat light;  ///< CV_32F [nodes]: 1 where the sheet is flat

  explicit Relief(Lattice lattice);
};
void press(const std::vector<Crease>& creases, double px_per_mm, Relief& relief);
void press(const Wrinkles& wrinkles, double px_per_mm, Relief& relief);

/// The lines of the creases themselves.
void draw_lines(const std::vector<Crease>& creases, double px_per_mm, cv::Mat& page);

}  // namespace ecg_lora::page::paper
