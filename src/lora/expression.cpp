// Thompson's construction: an expression is a graph of steps, and all places in it are followed at
// once.
#include "expression.h"

#include <cctype>

#include "ecg_lora/base/error.h"

namespace ecg_lora::lora {

constexpr std::size_t longest_expression = 10'000, most_steps = 20'000, longest_module = 4096;
constexpr int deepest_group = 100;

/// Builds the graph from the end to the start: each function is given the step that follows.
class ExpressionParser {
 public:
  ExpressionParser(const std::string& text, Expression& result)
      : text_(text), steps_(result.steps_) {}

  std::size_t parse() {
    if (text_.size() > longest_expression) fail("is too long");
    const auto last = add(Expression::Kind::done, 0, 0);
    const auto tree = alternatives();
    if (at_ != text_.size()) fail("has a ) too many");
    return build(tree, last);
  }

 private:
  enum class Op { set, begin, end, edge, inside, sequence, either, repeat };
  struct Node {
    Op op = Op::sequence;
    std::bitset<256> set;
    std::vector<Node> children;
    int least = 0, most = 0;  ///< most is -1 if unlimited
  };

  [[noreturn]] void fail(const std::string& problem) const {
    throw_checkpoint("adapter_config.json has the expression '", text_.substr(0, 200), "', which ",
                     problem, ", expected a plain regular expression; list the modules by name");
  }
  bool more() const { return at_ < text_.size(); }
  bool take(char c) { return more() && text_[at_] == c && ++at_; }

  std::size_t add(Expression::Kind kind, std::size_t next, std::size_t other) {
    if (steps_.size() >= most_steps) fail("repeats too much");
    steps_.push_back({kind, next, other, {}});
    return steps_.size() - 1;
  }

  Node alternatives() {
    if (++depth_ > deepest_group) fail("has groups too deep in one another");
    Node result{Op::either, {}, {}, 0, 0};
    do {
      Node branch;
      while (more() && text_[at_] != '|' && text_[at_] != ')')
        branch.children.push_back(repeated());
      result.children.push_back(std::move(branch));
    } while (take('|'));
    --depth_;
    return result;
  }

  Node repeated() {
    auto node = atom();
    while (more()) {
      int least = 0, most = -1;
      if (take('*')) {
      } else if (take('+')) {
        least = 1;
      } else if (take('?')) {
        most = 1;
      } else if (!counts(least, most)) {
        break;
      }
      take('?');  // lazy or not is the same if the whole name is matched
      if (++repeats_ > longest_expression || node.op == Op::repeat) fail("repeats a repetition");
      Node whole{Op::repeat, {}, {}, least, most};
      whole.children.push_back(std::move(node));
      node = std::move(whole);
    }
    return node;
  }

  int number() {
    int value = 0;
    while (more() && std::isdigit(static_cast<unsigned char>(text_[at_]))) {
      value = value * 10 + (text_[at_++] - '0');
      if (value > 1000) fail("repeats too much");
    }
    return value;
  }
  bool counts(int& least, int& most) {
    if (!take('{')) return false;
    least = most = number();
    if (take(',')) most = more() && text_[at_] == '}' ? -1 : number();
    if (!take('}') || (most >= 0 && most < least)) fail("has a { that is no count");
    return true;
  }

  Node atom() {
    Node node{Op::set, {}, {}, 0, 0};
    const char c = text_[at_++];
    if (c == '(') return group();
    if (c == '[') {
      node.set = brackets();
    } else if (c == '.') {
      node.set.set().reset('\n');
    } else if (c == '^' || c == '$') {
      node.op = c == '^' ? Op::begin : Op::end;
    } else if (c == '\\' && more() && (text_[at_] == 'b' || text_[at_] == 'B')) {
      node.op = text_[at_++] == 'b' ? Op::edge : Op::inside;
    } else if (c == '\\') {
      node.set = escape();
    } else if (c == '*' || c == '+' || c == '?' || c == '{') {
      fail(cat("repeats nothing with ", c));
    } else {
      node.set.set(static_cast<unsigned char>(c));
    }
    return node;
  }

  Node group() {
    if (take('?') && !take(':')) fail("has a group (?, which only (?: may follow");
    auto node = alternatives();
    if (!take(')')) fail("has a ( without its )");
    return node;
  }

  std::bitset<256> escape() {
    if (!more()) fail("ends in a \\");
    const char c = text_[at_++];
    std::bitset<256> set;
    const char kind = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (kind == 'd' || kind == 'w' || kind == 's') {
      for (int i = 0; i < 128; ++i)
        if (kind == 'd'   ? std::isdigit(i)
            : kind == 's' ? std::isspace(i)
                          : std::isalnum(i) || i == '_')
          set.set(i);
      return c == kind ? set : ~set;
    }
    if (std::isalnum(static_cast<unsigned char>(c)))
      fail(cat("uses \\", c, ", Python syntax that is not supported here"));
    return set.set(static_cast<unsigned char>(c));
  }

  std::bitset<256> brackets() {
    std::bitset<256> set;
    const bool inverted = take('^');
    for (bool first = true; first || !take(']'); first = false) {
      if (!more()) fail("has a [ without its ]");
      const char from = text_[at_++];
      if (from == '\\') {
        set |= escape();
      } else if (at_ + 1 < text_.size() && text_[at_] == '-' && text_[at_ + 1] != ']') {
        const auto low = static_cast<unsigned char>(from),
                   high = static_cast<unsigned char>(text_[at_ + 1]);
        if (low > high || high == '\\') fail("has a range in [ ] that is none");
        for (int i = low; i <= high; ++i) set.set(static_cast<std::size_t>(i));
        at_ += 2;
      } else {
        set.set(static_cast<unsigned char>(from));
      }
    }
    return inverted ? ~set : set;
  }

  std::size_t build(const Node& node, std::size_t next) {
    using Kind = Expression::Kind;
    if (node.op == Op::set) {
      const auto step = add(Kind::set, next, 0);
      steps_[step].set = node.set;
      return step;
    }
    if (node.op == Op::begin) return add(Kind::begin, next, 0);
    if (node.op == Op::end) return add(Kind::end, next, 0);
    if (node.op == Op::edge) return add(Kind::edge, next, 0);
    if (node.op == Op::inside) return add(Kind::inside, next, 0);
    if (node.op == Op::repeat) return build_repeat(node, next);
    if (node.op == Op::sequence) {
      for (auto child = node.children.rbegin(); child != node.children.rend(); ++child)
        next = build(*child, next);
      return next;
    }
    auto result = build(node.children.back(), next);
    for (auto i = node.children.size() - 1; i-- > 0;)
      result = add(Kind::fork, build(node.children[i], next), result);
    return result;
  }

  std::size_t build_repeat(const Node& node, std::size_t next) {
    const auto end = next;
    if (node.most < 0) {
      next = add(Expression::Kind::fork, 0, end);
      const auto body =
          build(node.children[0], next);  // before the step is written to: it may move the steps
      steps_[next].next = body;
    }
    for (int i = node.least; i < node.most; ++i)
      next = add(Expression::Kind::fork, build(node.children[0], next), end);
    for (int i = 0; i < node.least; ++i) {
      if (++copies_ > most_steps) fail("repeats too much");  // of groups that hold no step
      next = build(node.children[0], next);
    }
    return next;
  }

  const std::string& text_;
  std::vector<Expression::Step>& steps_;
  std::size_t at_ = 0, repeats_ = 0, copies_ = 0;
  int depth_ = 0;
};

Expression::Expression(const std::string& text) {
  start_ = ExpressionParser(text, *this).parse();
}

Expression::Place Expression::place(std::string_view name, std::size_t at) {
  const auto word = [&](std::size_t i) {
    return i < name.size() && (std::isalnum(static_cast<unsigned char>(name[i])) || name[i] == '_');
  };
  return {at == 0, at == name.size(), (at > 0 && word(at - 1)) != word(at)};
}

bool Expression::holds(Kind kind, const Place& place) {
  switch (kind) {
    case Kind::fork:
      return true;
    case Kind::begin:
      return place.begin;
    case Kind::end:
      return place.end;
    case Kind::edge:
      return place.edge;
    case Kind::inside:
      return !place.edge;
    default:
      return false;
  }
}

void Expression::follow(std::size_t from, const Place& place, std::vector<bool>& seen,
                        std::vector<std::size_t>& steps) const {
  std::vector<std::size_t> open{from};
  while (!open.empty()) {
    const auto at = open.back();
    open.pop_back();
    if (seen[at]) continue;
    seen[at] = true;
    const auto& step = steps_[at];
    if (step.kind == Kind::set || step.kind == Kind::done) steps.push_back(at);
    if (step.kind == Kind::fork) open.push_back(step.other);
    if (holds(step.kind, place)) open.push_back(step.next);
  }
}

bool Expression::matches(std::string_view name) const {
  if (name.size() > longest_module)
    throw_checkpoint("a module of the adapter has a name of ", name.size(),
                     " characters, expected at most ", longest_module,
                     "; export the adapter again");
  std::vector<std::size_t> now, then;
  std::vector<bool> seen(steps_.size());
  follow(start_, place(name, 0), seen, now);
  for (std::size_t i = 0; i < name.size(); ++i) {
    then.clear();
    seen.assign(steps_.size(), false);
    for (const auto at : now)
      if (steps_[at].kind == Kind::set && steps_[at].set[static_cast<unsigned char>(name[i])])
        follow(steps_[at].next, place(name, i + 1), seen, then);
    now.swap(then);
  }
  for (const auto at : now)
    if (steps_[at].kind == Kind::done) return true;
  return false;
}

}  // namespace ecg_lora::lora
