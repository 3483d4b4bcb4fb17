#include "ecg_lora/text/chat.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "ecg_lora/base/error.h"

namespace ecg_lora::text {
namespace {

/// What Python's str.strip(), and so the template's trim, takes for a blank, in UTF-8.
const std::array<std::string_view, 29> kBlanks{
    "\t",           "\n",           "\v",           "\f",           "\r",
    "\x1c",         "\x1d",         "\x1e",         "\x1f",         " ",
    "\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81",
    "\xe2\x80\x82", "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86",
    "\xe2\x80\x87", "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xa8",
    "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80"};

std::string trimmed(std::string_view text) {
  const auto at_front = [&](std::string_view blank) { return text.starts_with(blank); };
  const auto at_back = [&](std::string_view blank) { return text.ends_with(blank); };
  for (auto blank = kBlanks.begin();
       (blank = std::find_if(kBlanks.begin(), kBlanks.end(), at_front)) != kBlanks.end();)
    text.remove_prefix(blank->size());
  for (auto blank = kBlanks.begin();
       (blank = std::find_if(kBlanks.begin(), kBlanks.end(), at_back)) != kBlanks.end();)
    text.remove_suffix(blank->size());
  return std::string(text);
}

std::string header(const std::string& role) {
  return "<|start_header_id|>" + role + "<|end_header_id|>\n\n";
}

/// The stretches of the template's output, and which of them the assistant says.
struct Stretch {
  std::string text;
  bool assistant = false;
};

bool has_images(const std::vector<Turn>& turns) {
  return std::any_of(turns.begin(), turns.end(), [](const Turn& turn) { return turn.images > 0; });
}

/// The system header of a conversation, which takes over its system turn; nothing if it has none.
std::string system_header(PromptLayout layout, const std::vector<Turn>& turns,
                          const std::string& date) {
  const bool own = !turns.empty() && turns[0].role == "system", images = has_images(turns);
  const auto content = own ? trimmed(turns[0].content) : "";
  if (images && !content.empty() && !takes_system_and_image(layout))
    throw_data(system_and_image_error(layout));
  if (images && !(own && layout == PromptLayout::december)) return "";
  return header("system") + "Cutting Knowledge Date: December 2023\nToday Date: " + date + "\n\n" +
         content + "<|eot_id|>";
}

std::vector<Stretch> stretches(PromptLayout layout, const std::vector<Turn>& turns,
                               bool generation_prompt, const std::string& date) {
  std::vector<Stretch> result{{"<|begin_of_text|>"}};
  auto turn = turns.begin();
  if (layout != PromptLayout::release) {
    result.push_back({system_header(layout, turns, date)});
    if (turn != turns.end() && turn->role == "system") ++turn;
  }
  for (; turn != turns.end(); ++turn) {
    result.push_back({header(turn->role)});
    std::string content;
    for (int i = 0; i < turn->images; ++i) content += "<|image|>";
    result.push_back({content + turn->content + "<|eot_id|>", turn->role == "assistant"});
  }
  if (generation_prompt) result.push_back({header("assistant")});
  return result;
}

}  // namespace

bool has_system_and_image(const std::vector<Turn>& turns) {
  return !turns.empty() && turns[0].role == "system" && has_images(turns);
}

std::string chat_text(PromptLayout layout, const std::vector<Turn>& turns, bool generation_prompt,
                      const std::string& date) {
  std::string text;
  for (const auto& stretch : stretches(layout, turns, generation_prompt, date))
    text += stretch.text;
  return text;
}

ChatTokens encode_chat(const ChatFormat& format, const std::vector<Turn>& turns,
                       bool generation_prompt) {
  // Headers end and contents begin at a special token or at the template's blank line. A stretch is
  // encoded with what stands before it since the last special token, so that the ids are those of
  // the whole text.
  ChatTokens result;
  std::string text;
  std::size_t stable = 0;
  const auto& tokenizer = *format.tokenizer;
  for (const auto& stretch : stretches(format.layout, turns, generation_prompt, kHeaderDate)) {
    text += stretch.text;
    if (!stretch.assistant) continue;
    const auto before = tokenizer.encode(text.substr(0, text.size() - stretch.text.size()));
    const auto with = tokenizer.encode(text);
    stable = before.size();
    if (with.size() < stable || !std::equal(before.begin(), before.end(), with.begin()))
      throw_data(
          "the assistant's answer '", stretch.text,
          "' merges with the header before it in this tokenizer; begin the answer with a letter");
    result.assistant.resize(stable, false);
    result.assistant.resize(with.size(), true);
  }
  result.ids = tokenizer.encode(text);
  result.assistant.resize(result.ids.size(), false);
  return result;
}

}  // namespace ecg_lora::text
