// The layouts in which the generations of Llama 3.2 Vision's chat template write a conversation.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ecg_lora::text {

/// A generation of the template, named by when Meta published it (docs/formats/templates.md has
/// sources). All write a turn as its header, an <|image|> for each of its images, its content and
/// <|eot_id|>; they differ in system turns.
enum class PromptLayout {
  release,    ///< 25 September 2024: a system turn is a turn like others; no dates anywhere
  september,  ///< 27 September 2024: a system header with dates comes first if there is no image; a
              ///< system turn with an image is an error
  december    ///< 3 December 2024: that header comes first if there is no image or a system turn
};

/// What a checkpoint without a chat template gets.
inline constexpr PromptLayout kDefaultLayout = PromptLayout::september;

/// The date that system headers state, whatever the day: the templates' own, if they are rendered
/// without a clock. transformers writes the day's date unless it is given date_string.
inline constexpr const char* kHeaderDate = "26 Jul 2024";

/// "27 September 2024", for people.
const char* name_of(PromptLayout layout);

/// Whether a conversation may have both a system turn and an image.
bool takes_system_and_image(PromptLayout layout);

/// Why such a conversation is refused, and what to do.
std::string system_and_image_error(PromptLayout layout);

/// The layout that a Jinja template writes; none if it is not known. The template is not run: it is
/// known by the SHA-256 of its canonical_template().
std::optional<PromptLayout> layout_of(std::string_view chat_template);

}  // namespace ecg_lora::text
