// Answers that are no sentences: pairs, tables, lists behind a heading, questions with their
// answer.
#pragma once

#include <optional>
#include <set>

#include "elements.h"

namespace ecg_lora::metrics {

/// Settles labels of the elements of a text, each kind of form in its turn. Behind the last element
/// stands a line's end.
class Forms {
 public:
  Forms(std::vector<Element>& elements, const Concepts& concepts)
      : elements_(elements), concepts_(concepts) {}
  void pairs();
  /// A line of labels between bars, and under it a line of as many values.
  void columns();
  void headings();
  void questions();

 private:
  using Kind = Element::Kind;
  using Mark = Token::Kind;

  Element& at(std::size_t i) { return i < elements_.size() ? elements_[i] : line_end_; }
  std::size_t line_end(std::size_t i);
  bool mark(std::size_t i, std::initializer_list<Mark> marks);
  void settle(std::size_t label, std::size_t value);
  static Element ended();
  bool value(std::size_t i, bool in_form);
  bool key(std::size_t i) {
    return at(i).kind == Kind::label && mark(i + 1, {Mark::colon, Mark::bar, Mark::open});
  }
  /// What stands between a label and its value: its first element, the value's, and whether it
  /// makes a form (no mere comma).
  struct Separator {
    std::size_t begin, value;
    bool in_form;
  };
  Separator separator(std::size_t label);
  void pair(std::size_t i);
  /// "MI, HYP: no": gives the labels that are listed before a key its value, if nothing else stands
  /// before them.
  void share(std::size_t key);
  /// The cell behind a bar that is a value alone: "| MI | Q waves | yes |".
  std::optional<std::size_t> value_cell(std::size_t bar);
  /// Whether what follows a value leaves it the value of label `i`: not another label, as in "NORM:
  /// no MI".
  bool closes(std::size_t j, bool in_form, std::size_t i);
  /// Whether another label stands between `j` and the next mark: "NORM: no evidence of MI".
  bool names_other(std::size_t j, std::size_t label);
  std::vector<std::size_t> only_labels(std::size_t begin, std::size_t end);
  std::vector<std::size_t> only_values(std::size_t begin, std::size_t end);
  bool blank(std::size_t begin, std::size_t end);
  /// The colon of "Absent labels:", with few words between.
  std::optional<std::size_t> heading_colon(std::size_t i);
  /// Settles what is listed behind a heading: to the end of its sentence, or over the lines below
  /// it to an empty one. Returns the element behind.
  std::size_t list(std::size_t heading, std::size_t colon);
  bool on_line_below(std::size_t colon, std::size_t i) {
    return i > colon + 1 && at(colon + 1).is(Token::Kind::newline);
  }
  void ask(std::size_t begin, std::size_t mark_at);

  std::vector<Element>& elements_;
  const Concepts& concepts_;
  bool bare_digits_ = false;  ///< labels have 0 or 1 right behind them
  std::set<std::size_t> keys_;
  std::vector<std::size_t> without_value_;
  Element line_end_ = [] {
    Element element;
    element.kind = Element::Kind::mark, element.mark = Token::Kind::newline;
    return element;
  }();
};

}  // namespace ecg_lora::metrics
