#include "html.h"

#include <cstdint>

#include "ecg_lora/base/error.h"
#include "page_style.h"

namespace ecg_lora::report {

std::string escape(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string html_page(const std::string& title, const std::string& body) {
  return cat(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
      "name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>",
      escape(title), "</title>\n<style>", kPageStyle, "</style>\n</head>\n<body>\n<main>\n", body,
      "</main>\n<script>", kPageScript, "</script>\n</body>\n</html>\n");
}

std::string section(const std::string& anchor, const std::string& title,
                    const std::string& explanation, const std::string& content) {
  if (content.empty()) return "";
  return cat("<section id=\"", anchor, "\">\n<h2>", escape(title), "</h2>\n",
             explanation.empty() ? "" : "<p class=\"lead\">" + escape(explanation) + "</p>\n",
             content, "</section>\n");
}

std::string html_table(const std::vector<Column>& columns, const std::vector<Row>& rows,
                       bool sortable, const std::string& caption) {
  constexpr std::size_t fits_on_paper = 11;  // columns; more of them are set smaller there
  std::string html = cat("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"",
                         escape(caption), "\"><table class=\"", sortable ? "sortable" : "",
                         columns.size() > fits_on_paper ? " many" : "", "\">\n<thead><tr>");
  for (const auto& column : columns) {
    const auto title =
        column.explanation.empty() ? "" : " title=\"" + escape(column.explanation) + "\"";
    html += cat("<th scope=\"col\"", column.number ? " class=\"num\"" : "", title, ">",
                sortable ? "<button type=\"button\">" : "", escape(column.title),
                sortable ? "</button>" : "", "</th>");
  }
  html += "</tr></thead>\n<tbody>\n";
  for (const auto& row : rows) {
    html += row.style.empty() ? "<tr>" : "<tr class=\"" + row.style + "\">";
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const auto& cell = row.cells[i];
      const auto style = cell.style.empty() ? (columns[i].number ? "num" : "") : cell.style;
      html +=
          cat(i == 0 ? "<th scope=\"row\"" : "<td", style.empty() ? "" : " class=\"" + style + "\"",
              cell.sort_key.empty() ? "" : " data-v=\"" + escape(cell.sort_key) + "\"", ">",
              cell.html, i == 0 ? "</th>" : "</td>");
    }
    html += "</tr>\n";
  }
  return html + "</tbody>\n</table></div>\n";
}

std::string data_url(std::string_view png) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string result = "data:image/png;base64,";
  for (std::size_t i = 0; i < png.size(); i += 3) {
    const auto byte = [&](std::size_t k) {
      return i + k < png.size() ? static_cast<std::uint32_t>(static_cast<unsigned char>(png[i + k]))
                                : 0u;
    };
    const std::uint32_t three = byte(0) << 16 | byte(1) << 8 | byte(2);
    for (int k = 0; k < 4; ++k)
      result +=
          i + static_cast<std::size_t>(k) <= png.size() ? kDigits[three >> (18 - 6 * k) & 63] : '=';
  }
  return result;
}

}  // namespace ecg_lora::report
