// Pieces of a page that stands alone: no script from elsewhere, no font, no network.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ecg_lora::report {

/// Text for an element or a quoted attribute.
std::string escape(std::string_view text);

/// A whole page around `body`, with style and script in it.
std::string html_page(const std::string& title, const std::string& body);

/// A section with a heading and a sentence below it; `anchor` names it in links.
std::string section(const std::string& anchor, const std::string& title,
                    const std::string& explanation, const std::string& content);

/// A cell as HTML, and what it sorts by; a row of them.
struct Cell {
  std::string html;
  std::string sort_key = {};  ///< a number or text; empty: not sortable by it
  std::string style = {};     ///< CSS class, "num" for numbers
};
struct Row {
  std::vector<Cell> cells;
  std::string style = {};  ///< CSS class; rows of class "strong" stay on top when a table is sorted
};

struct Column {
  std::string title, explanation = {};  ///< shown on hovering
  bool number = true;
};

/// A table that scrolls sideways on a narrow screen. Where `sortable`, a click on a heading sorts
/// by that column.
std::string html_table(const std::vector<Column>& columns, const std::vector<Row>& rows,
                       bool sortable, const std::string& caption);

/// "data:image/png;base64,…".
std::string data_url(std::string_view png);

}  // namespace ecg_lora::report
