#include "turns.h"

#include <cctype>

#include "ecg_lora/base/error.h"
#include "item_fields.h"
#include "markers.h"

namespace ecg_lora::instruct {
namespace {

std::string read_role(const Json& turn, const std::string& where) {
  const Json* value = find_any(turn, {"from", "role"}, where);
  const auto name = value != nullptr && value->is_string() ? value->get<std::string>() : "";
  if (name == "human" || name == "user") return "user";
  if (name == "gpt" || name == "assistant") return "assistant";
  if (name == "system") return "system";
  throw_data(where, " is from ", value == nullptr ? "nobody" : brief(*value),
             ", expected human, user, gpt, assistant or system; correct the item");
}

/// `images` of the turn are its <image> markers; how many <ecg> it has is added to `ecgs`.
text::Turn read_turn(const Json& value, const std::string& where, std::vector<int>& ecgs) {
  if (!value.is_object())
    throw_data(where, " is ", brief(value),
               ", expected an object of from and value, or role and content; correct the item");
  text::Turn turn{read_role(value, where), "", 0};
  const Json* content = find_any(value, {"value", "content"}, where);
  if (content == nullptr) throw_data(where, " has no value and no content; correct the item");
  turn.content = read_text(*content, where);
  const auto marked = take_markers(turn.content);
  turn.images = marked.image;
  ecgs.push_back(marked.ecg);
  const bool marks = marked.image + marked.ecg > 0;
  if (marks && turn.role != "user")
    throw_data(where, " of the ", turn.role, " holds an ", marked.image > 0 ? "<image>" : "<ecg>",
               " marker, expected it in a user's turn; correct the item");
  refuse_special_tokens(turn.content, where);
  if (turn.content.find_first_not_of(" \t\r\n") == std::string::npos &&
      (turn.role != "user" || !marks))
    throw_data(where, " of the ", turn.role,
               " is empty, expected text; correct or remove the item");
  return turn;
}

}  // namespace

void refuse_special_tokens(const std::string& text, const std::string& where) {
  for (auto at = text.find("<|"); at != std::string::npos; at = text.find("<|", at + 2)) {
    auto end = at + 2;
    while (end < text.size() &&
           (std::isalnum(static_cast<unsigned char>(text[end])) || text[end] == '_'))
      ++end;
    if (end > at + 2 && text.compare(end, 2, "|>") == 0)
      throw_data(where, " holds the special token ", text.substr(at, end + 2 - at),
                 ", which would end or begin a turn from within; remove it from the text");
  }
}

std::vector<text::Turn> read_turns(const Json& item, const std::string& origin,
                                   std::vector<int>& ecgs) {
  const Json* listed = find_any(item, {"conversations", "conversation", "messages"}, origin);
  if (listed == nullptr || !listed->is_array())
    throw_data(
        origin,
        listed == nullptr ? " has no conversations" : cat(": conversations is ", brief(*listed)),
        ", expected a list of turns (or ECG-QA's question and answer); correct the item");
  std::vector<text::Turn> turns;
  for (const auto& turn : *listed) {
    const auto where = cat(origin, ": turn ", turns.size() + 1);
    if (turn.is_object() && turn.contains("question") && turn.contains("answer")) {
      turns.push_back(read_turn({{"from", "user"}, {"value", turn["question"]}}, where, ecgs));
      turns.push_back(read_turn({{"from", "assistant"}, {"value", turn["answer"]}}, where, ecgs));
    } else {
      turns.push_back(read_turn(turn, where, ecgs));
    }
  }
  return turns;
}

void check_order(const std::vector<text::Turn>& turns, const std::string& origin) {
  const std::size_t first = !turns.empty() && turns[0].role == "system" ? 1 : 0;
  for (auto i = first; i < turns.size(); ++i) {
    const auto* expected = (i - first) % 2 == 0 ? "user" : "assistant";
    if (turns[i].role != expected)
      throw_data(origin, ": turn ", i + 1, " is of the ", turns[i].role, ", expected the ",
                 expected, "; correct the item");
  }
  if (turns.size() < first + 2 || (turns.size() - first) % 2 != 0)
    throw_data(
        origin,
        " ends without an answer of the assistant, which is what is learnt; correct or remove "
        "the item");
}

}  // namespace ecg_lora::instruct
