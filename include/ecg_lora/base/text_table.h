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

  void row(std::vector<std::string> cells);
  /// Lines that each end with a newline. A last column that begins at the left is not filled up.
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
  std::size_t left_;
};

}  // namespace ecg_lora
