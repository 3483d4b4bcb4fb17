#include "pickle.h"

#include <deque>
#include <map>

#include "ecg_lora/base/error.h"

namespace ecg_lora::tensorio {
namespace {

constexpr std::size_t kMaxValues =
    1'000'000;  ///< memory is taken for each; a model of 90B has some 50,000
constexpr std::size_t kMaxDimensions = 8;

struct Value;
using Ref = Value*;  ///< into the machine's values: a pickle may put a list into itself, so that no
                     ///< value could own another

/// A value on the pickle's stack. Tuples, lists and dictionaries (keys and values in turn) keep
/// their items.
struct Value {
  enum Kind { other, number, text, name, sequence, dictionary, storage, tensor, mark } kind = other;
  std::int64_t integer = 0;
  std::string string;  ///< of a text, or "module name"
  std::vector<Ref> items;
  PickledTensor place;  ///< of a storage (type, key) or a tensor
};

/// "torch FloatStorage" and the like; which of them hold numbers that can be read is for the caller
/// to know.
bool is_storage(const std::string& name) {
  return name.rfind("torch ", 0) == 0 && name.size() > 13 &&
         name.compare(name.size() - 7, 7, "Storage") == 0;
}

const char* const kRebuildTensor = "torch._utils _rebuild_tensor_v2";
const char* const kRebuildParameter = "torch._utils _rebuild_parameter";
const char* const kOrderedDict = "collections OrderedDict";

class Machine {
 public:
  Machine(std::string_view bytes, const std::string& origin) : bytes_(bytes), origin_(origin) {}

  /// The pickle's value, which lives as long as the machine.
  Ref run() {
    for (;;) {
      const auto code = static_cast<unsigned char>(take(1)[0]);
      if (code == '.') break;
      step(code);
    }
    return pop();
  }
  template <class... Args>
  [[noreturn]] void damaged(const Args&... what) const {
    throw_checkpoint(
        origin_, " cannot be read as a dictionary of tensors: ", what...,
        "; copy or download the file again, or save it with torch.save(model.state_dict(), path)");
  }

 private:
  std::string_view take(std::uint64_t size) {
    if (size > bytes_.size() - at_) damaged("its pickle ends early");
    at_ += size;
    return bytes_.substr(at_ - size, size);
  }
  std::uint64_t unsigned_number(int size) {
    std::uint64_t value = 0;
    const auto text = take(static_cast<std::uint64_t>(size));
    for (int i = size - 1; i >= 0; --i)
      value = value << 8 | static_cast<unsigned char>(text[static_cast<std::size_t>(i)]);
    return value;
  }
  std::string line() {
    const auto end = bytes_.find('\n', at_);
    if (end == std::string_view::npos) damaged("its pickle ends early");
    const auto text = std::string(bytes_.substr(at_, end - at_));
    at_ = end + 1;
    return text;
  }

  Ref make(Value::Kind kind) {
    values_.emplace_back().kind = kind;
    return &values_.back();
  }
  void push(Ref value) {
    if (++pushed_ > kMaxValues) damaged("it holds more than ", kMaxValues, " values");
    stack_.push_back(value);
  }
  void push_number(std::int64_t value) {
    push(make(Value::number));
    stack_.back()->integer = value;
  }
  void push_text(std::uint64_t size) {
    push(make(Value::text));
    stack_.back()->string = take(size);
  }
  void push_name(const std::string& name) {
    if (name != kRebuildTensor && name != kRebuildParameter && name != kOrderedDict &&
        !is_storage(name))
      throw_checkpoint(origin_, " would have Python call '", name,
                       "', expected nothing but tensors; the file is no plain state dict, save it "
                       "with torch.save(model.state_dict(), path)");
    push(make(Value::name));
    stack_.back()->string = name;
  }
  Ref pop() {
    if (stack_.empty() || stack_.back()->kind == Value::mark)
      damaged("its pickle takes more values than it has");
    const auto value = stack_.back();
    stack_.pop_back();
    return value;
  }
  /// The values above the topmost mark, which is taken off as well.
  std::vector<Ref> pop_to_mark() {
    std::vector<Ref> items;
    while (!stack_.empty() && stack_.back()->kind != Value::mark) {
      items.push_back(stack_.back());
      stack_.pop_back();
    }
    if (stack_.empty()) damaged("its pickle has no mark where one is needed");
    stack_.pop_back();
    return {items.rbegin(), items.rend()};
  }
  void push_sequence(const std::vector<Ref>& items) {
    push(make(Value::sequence));
    stack_.back()->items = items;
  }
  void push_last(int count) {
    std::vector<Ref> items(static_cast<std::size_t>(count));
    for (int i = count - 1; i >= 0; --i) items[static_cast<std::size_t>(i)] = pop();
    push_sequence(items);
  }
  void add_items(Value::Kind kind, const std::vector<Ref>& items) {
    if (stack_.empty() || stack_.back()->kind != kind ||
        (kind == Value::dictionary && items.size() % 2 != 0))
      damaged("its pickle adds items to what is no list or dictionary");
    auto& all = stack_.back()->items;
    all.insert(all.end(), items.begin(), items.end());
  }
  void remember(std::uint64_t key) {
    if (stack_.empty()) damaged("its pickle remembers a value that is not there");
    memo_[key] = stack_.back();
  }
  void recall(std::uint64_t key) {
    const auto found = memo_.find(key);
    if (found == memo_.end()) damaged("its pickle recalls a value that it never had");
    push(found->second);
  }

  void push_global() {
    const auto module = line();
    push_name(module + " " + line());
  }
  void push_stack_global() {
    const auto name = pop(), module = pop();
    push_name(module->string + " " + name->string);
  }
  void add_entry() {
    const auto value = pop(), key = pop();
    add_items(Value::dictionary, {key, value});
  }

  void step(unsigned char code);
  bool skip(unsigned char code);
  bool push_literal(unsigned char code);
  bool combine(unsigned char code);
  bool use_memo(unsigned char code);
  void push_long();
  void push_storage();
  void call();
  Ref rebuilt(const std::vector<Ref>& arguments);
  std::vector<std::int64_t> sizes(const Ref& value) const;

  std::string_view bytes_;
  const std::string& origin_;
  std::size_t at_ = 0, pushed_ = 0;
  std::deque<Value> values_;
  std::vector<Ref> stack_;
  std::map<std::uint64_t, Ref> memo_;
};

void Machine::step(unsigned char code) {
  if (!skip(code) && !push_literal(code) && !combine(code) && !use_memo(code))
    damaged("its pickle has the instruction ", static_cast<int>(code),
            ", which state dicts have no use for");
}

/// Protocol and frame, which say nothing of the value. False for other instructions, as the
/// functions below.
bool Machine::skip(unsigned char code) {
  switch (code) {
    case 0x80:
      return take(1), true;
    case 0x95:
      return take(8), true;
    default:
      return false;
  }
}

/// Instructions that push a value of their own: marks, empty collections, constants, numbers and
/// texts.
bool Machine::push_literal(unsigned char code) {
  switch (code) {
    case '(':
      return push(make(Value::mark)), true;
    case '}':
      return push(make(Value::dictionary)), true;
    case ']':
    case ')':
      return push(make(Value::sequence)), true;
    case 'N':
    case 0x88:
    case 0x89:  // None, True, False
      return push(make(Value::other)), true;
    case 'K':
      return push_number(static_cast<std::int64_t>(unsigned_number(1))), true;
    case 'M':
      return push_number(static_cast<std::int64_t>(unsigned_number(2))), true;
    case 'J':
      return push_number(static_cast<std::int32_t>(unsigned_number(4))), true;
    case 0x8a:
      return push_long(), true;
    case 'X':
      return push_text(unsigned_number(4)), true;
    case 0x8c:
      return push_text(unsigned_number(1)), true;
    default:
      return false;
  }
}

/// An integer of up to 8 bytes, with its sign.
void Machine::push_long() {
  const auto size = static_cast<int>(unsigned_number(1));
  if (size > 8) damaged("it holds an integer of ", size, " bytes");
  const auto value = size == 0 ? 0 : unsigned_number(size);
  push_number(size == 0 ? 0
                        : static_cast<std::int64_t>(value << (64 - 8 * size)) >> (64 - 8 * size));
}

/// Instructions that make a value of those on the stack: names, tuples, items of collections,
/// storages and calls.
bool Machine::combine(unsigned char code) {
  switch (code) {
    case 'c':
      return push_global(), true;
    case 0x93:
      return push_stack_global(), true;
    case 0x85:
    case 0x86:
    case 0x87:
      return push_last(code - 0x84), true;
    case 't':
      return push_sequence(pop_to_mark()), true;
    case 'u':
      return add_items(Value::dictionary, pop_to_mark()), true;
    case 'e':
      return add_items(Value::sequence, pop_to_mark()), true;
    case 's':
      return add_entry(), true;
    case 'a':
      return add_items(Value::sequence, {pop()}), true;
    case 'Q':
      return push_storage(), true;
    case 'R':
      return call(), true;
    case 'b':  // attributes of an OrderedDict, such as _metadata
      return pop(), true;
    default:
      return false;
  }
}

/// Instructions that note the topmost value, or push one that was noted.
bool Machine::use_memo(unsigned char code) {
  switch (code) {
    case 'q':
      return remember(unsigned_number(1)), true;
    case 'r':
      return remember(unsigned_number(4)), true;
    case 0x94:
      return remember(memo_.size()), true;
    case 'h':
      return recall(unsigned_number(1)), true;
    case 'j':
      return recall(unsigned_number(4)), true;
    default:
      return false;
  }
}

/// ("storage", type, key, device, elements).
void Machine::push_storage() {
  const auto id = pop();
  if (id->kind != Value::sequence || id->items.size() != 5 || id->items[0]->string != "storage" ||
      !is_storage(id->items[1]->string) || id->items[2]->kind != Value::text)
    damaged("it refers to a storage of a kind that is not known");
  push(make(Value::storage));
  stack_.back()->place.type = id->items[1]->string.substr(6);
  stack_.back()->place.storage = id->items[2]->string;
}

void Machine::call() {
  const auto arguments = pop(), function = pop();
  if (function->kind != Value::name || arguments->kind != Value::sequence)
    damaged("its pickle calls what is no function");
  if (function->string == kOrderedDict && arguments->items.empty())
    return push(make(Value::dictionary));
  if (function->string == kRebuildTensor) return push(rebuilt(arguments->items));
  if (function->string == kRebuildParameter && !arguments->items.empty() &&
      arguments->items[0]->kind == Value::tensor)
    return push(arguments->items[0]);
  damaged("it calls ", function->string, " in a way that is not known");
}

std::vector<std::int64_t> Machine::sizes(const Ref& value) const {
  if (value->items.size() > kMaxDimensions) damaged("a tensor has an impossible shape");
  std::vector<std::int64_t> result;
  for (const auto& item : value->items) {
    if (item->kind != Value::number || item->integer < 0)
      damaged("a tensor has an impossible shape");
    result.push_back(item->integer);
  }
  return result;
}

/// (storage, offset, sizes, strides, ...).
Ref Machine::rebuilt(const std::vector<Ref>& arguments) {
  if (arguments.size() < 4 || arguments[0]->kind != Value::storage ||
      arguments[1]->kind != Value::number || arguments[1]->integer < 0)
    damaged("a tensor lacks its storage");
  const auto value = make(Value::tensor);
  value->place = arguments[0]->place;
  value->place.offset = arguments[1]->integer;
  value->place.shape = sizes(arguments[2]);
  value->place.stride = sizes(arguments[3]);
  if (value->place.shape.size() != value->place.stride.size())
    damaged("a tensor has an impossible shape");
  return value;
}

}  // namespace

std::vector<PickledTensor> parse_state_dict(std::string_view pickle, const std::string& origin) {
  Machine machine(pickle, origin);
  const auto root = machine.run();
  if (root->kind != Value::dictionary) machine.damaged("what it holds is no dictionary");
  std::vector<PickledTensor> tensors;
  for (std::size_t i = 0; i + 1 < root->items.size(); i += 2) {
    const auto &key = root->items[i], &value = root->items[i + 1];
    if (key->kind != Value::text || value->kind != Value::tensor)
      machine.damaged("its entry '", key->string, "' is no tensor");
    tensors.push_back(value->place);
    tensors.back().name = key->string;
  }
  return tensors;
}

}  // namespace ecg_lora::tensorio
