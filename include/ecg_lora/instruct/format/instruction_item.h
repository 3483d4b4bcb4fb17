// One instruction sample: images by name, and a conversation about them.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ecg_lora/base/json.h"
#include "ecg_lora/text/chat.h"

namespace ecg_lora::instruct {

/// A sample of ECGInstruct, ECG-QA or one of their kin.
struct InstructionItem {
  std::string id;    ///< as the file has it; empty if it has none
  std::string kind;  ///< question_type of ECG-QA; empty for others
  std::vector<std::string>
      images;  ///< names, for a Resolver; of `ecg` that of the header; none for text alone
  std::vector<text::Turn>
      turns;  ///< an optional system turn, then user and assistant by turns, the assistant last
  std::string topic = {};  ///< attribute_type of ECG-QA; empty if there is none
};

/// Reads an item. `origin` names it in errors (data error). Accepted forms
/// (docs/formats/instructions.md has an example of each):
/// - `image` or `images`: a name or a list of names; absent or null for text alone.
/// - `ecg`: the recordings that the pages are drawn from, named by their WFDB path below a data
///   root. With an image it is the same ECG again, as GEM has it, and the image is the page.
/// - `conversations`, `conversation` or `messages`: turns of `from`/`value` or `role`/`content`, or
///   pairs of `question`/`answer` (ECG Arena); human and user, gpt and assistant, and system. A
///   text may be a string, a number, a list of them (joined by ", "), or a list of parts
///   {"type": "text" | "image"}.
/// - `<image>` or `<ecg>` in a user's turn says that an image belongs to it; images without a
/// marker
///   belong to the first user turn. A turn's images come before its text, as LLaVA puts them. A
///   system turn stays one, also with an image, which not every layout takes
///   (text/prompt_layout.h).
/// - ECG-QA: `question`, `answer`, `ecg_id` (or `ecg_path`, or `ecg`), `question_type`. The answers
///   are joined by ", " in alphabetical order, each once.
/// Refused: missing or empty parts, more markers than images, turns out of order, and texts that
/// hold a special token such as <|eot_id|>.
InstructionItem read_item(const Json& value, const std::string& origin);
/// The same of JSON text. `unread` is given what the item holds that is not read (unread.h), before
/// anything is refused.
InstructionItem parse_item(std::string_view text, const std::string& origin,
                           std::set<std::string>* unread = nullptr);

/// The question types of ECG-QA.
const std::vector<std::string>& ecg_qa_types();

/// A number that stands for the images and their order; 0 for none.
std::uint64_t image_key(const std::vector<std::string>& images);

}  // namespace ecg_lora::instruct
