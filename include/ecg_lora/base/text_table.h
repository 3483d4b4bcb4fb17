// Tables for people, printed as text.
#pragma once

#include <string>
#include <vector>

namespace ecg_lora {

/// `digits` behind the point: "0.05".
std::string fixed_text(double value, int digits);

/// Rows of cells, the first of them the titles. Each column is as wide as its widest cell, two
/// blanks from the next, so that figures of any size keep their columns.
class TextTable {
 public:
  /// The first `left` columns begin at the left; all others end at the right.
  explicit TextTable(std::vector<std::string> titles, std::size_t left = 1);
  /// `right`: of each column, whether it ends at the right.
  TextTable(std::vector<std::string> titles, std::vector<bool> right);

  /// REQUIRES: no more cells than titles.
  void row(std::vector<std::string> cells);
  /// Lines behind `indent` that each end with a newline, without blanks before it.
  std::string text(const std::string& indent = "") const;

 private:
  std::vector<std::vector<std::string>> rows_;
  std::vector<bool> right_;
};

}  // namespace ecg_lora
