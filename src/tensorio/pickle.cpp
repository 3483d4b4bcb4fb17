#include "pickle.h"

#include <deque>
#include <map>

#include "ecg_lora/base/error.h"

namespace ecg_lora::tensorio {
namespace {

constexpr std::size_t kMostValues =
    1'000'000;  ///< memory is taken for each; a model of 90B has some 50,000
constexpr std::size_t kMostDimensions = 8;

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
    if (++pushed_ > kMostValues) damaged("it holds more than ", kMostValues, " values");
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
  /// The values above the topmost mark, which goes as well.
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

  void step(unsigned char code);
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
  switch (code) {
    case 0x80:
      take(1);
      return;  // protocol
    case 0x95:
      take(8);
      return;  // frame
    case '(':
      push(make(Value::mark));
      return;
    case '}':
      push(make(Value::dictionary));
      return;
    case ']':
    case ')':
      push(make(Value::sequence));
      return;
    case 'N':
    case 0x88:
    case 0x89:
      push(make(Value::other));
      return;  // None, True, False
    case 'K':
      push_number(static_cast<std::int64_t>(unsigned_number(1)));
      return;
    case 'M':
      push_number(static_cast<std::int64_t>(unsigned_number(2)));
      return;
    case 'J':
      push_number(static_cast<std::int32_t>(unsigned_number(4)));
      return;
    case 0x8a: {  // integer of up to 8 bytes, with its sign
      const auto size = static_cast<int>(unsigned_number(1));
      if (size > 8) damaged("it holds an integer of ", size, " bytes");
      const auto value = size == 0 ? 0 : unsigned_number(size);
      push_number(
          size == 0 ? 0 : static_cast<std::int64_t>(value << (64 - 8 * size)) >> (64 - 8 * size));
      return;
    }
    case 'X':
      push_text(unsigned_number(4));
      return;
    case 0x8c:
      push_text(unsigned_number(1));
      return;
    case 'c': {
      const auto module = line();
      push_name(module + " " + line());
      return;
    }
    case 0x93: {
      const auto name = pop(), module = pop();
      push_name(module->string + " " + name->string);
      return;
    }
    case 0x85:
      push_last(1);
      return;
    case 0x86:
      push_last(2);
      return;
    case 0x87:
      push_last(3);
      return;
    case 't':
      push_sequence(pop_to_mark());
      return;
    case 'u': {
      const auto items = pop_to_mark();
      add_items(Value::dictionary, items);
      return;
    }
    case 'e': {
      const auto items = pop_to_mark();
      add_items(Value::sequence, items);
      return;
    }
    case 's': {
      const auto value = pop(), key = pop();
      add_items(Value::dictionary, {key, value});
      return;
    }
    case 'a': {
      const auto value = pop();
      add_items(Value::sequence, {value});
      return;
    }
    case 'q':
      remember(unsigned_number(1));
      return;
    case 'r':
      remember(unsigned_number(4));
      return;
    case 0x94:
      remember(memo_.size());
      return;
    case 'h':
      recall(unsigned_number(1));
      return;
    case 'j':
      recall(unsigned_number(4));
      return;
    case 'Q':
      push_storage();
      return;
    case 'R':
      call();
      return;
    case 'b':
      pop();
      return;  // attributes of an OrderedDict, such as _metadata
    default:
      damaged("its pickle has the instruction ", static_cast<int>(code),
              ", which state dicts have no use for");
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
  if (value->items.size() > kMostDimensions) damaged("a tensor has an impossible shape");
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
