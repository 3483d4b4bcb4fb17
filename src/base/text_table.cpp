#include "ecg_lora/base/text_table.h"

#include <algorithm>
#include <iomanip>
#include <sstream>

namespace ecg_lora {
namespace {

/// Columns on a terminal: characters, of which UTF-8 takes one to four bytes.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

}  // namespace

std::string fixed_text(double value, int digits) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(digits) << value;
  return out.str();
}

TextTable::TextTable(std::vector<std::string> titles, std::size_t left)
    : right_(titles.size(), true) {
  std::fill_n(right_.begin(), left, false);
  row(std::move(titles));
}

TextTable::TextTable(std::vector<std::string> titles, std::vector<bool> right)
    : right_(std::move(right)) {
  row(std::move(titles));
}

void TextTable::row(std::vector<std::string> cells) {
  rows_.push_back(std::move(cells));
}

std::string TextTable::text(const std::string& indent) const {
  std::vector<std::size_t> widths;
  for (const auto& cells : rows_) {
    widths.resize(std::max(widths.size(), cells.size()));
    for (std::size_t c = 0; c < cells.size(); ++c)
      widths[c] = std::max(widths[c], width_of(cells[c]));
  }
  std::string text;
  for (const auto& cells : rows_) {
    std::string line = indent;
    for (std::size_t c = 0; c < cells.size(); ++c) {
      const std::string fill(widths[c] - width_of(cells[c]), ' ');
      line += (c > 0 ? "  " : "") + (right_[c] ? fill + cells[c] : cells[c] + fill);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace ecg_lora
