// The turns of an item's conversation. Errors are data errors that name the turn.
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/base/json.h"
#include "ecg_lora/text/chat.h"

namespace ecg_lora::instruct {

/// Refuses <|eot_id|> and its like, which would end a turn from within.
void refuse_special_tokens(const std::string& text, const std::string& where);

/// The turns of `conversations`, `conversation` or `messages`, in whatever order they are. `images`
/// of a turn are its <image> markers; how many <ecg> each has is added to `ecgs`.
std::vector<text::Turn> read_turns(const Json& item, const std::string& origin,
                                   std::vector<int>& ecgs);

/// Refuses turns that are not in order: system first if at all, then user and assistant by turns,
/// the assistant last.
void check_order(const std::vector<text::Turn>& turns, const std::string& origin);

}  // namespace ecg_lora::instruct
