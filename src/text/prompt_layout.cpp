#include "ecg_lora/text/prompt_layout.h"

#include <algorithm>
#include <array>

#include "canonical_template.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/hash.h"

namespace ecg_lora::text {
namespace {

struct Known {
  std::string_view sha256;  ///< of the canonical form
  PromptLayout layout;
};

/// docs/formats/templates.md says where each template is from, and has the command that prints
/// these sums.
constexpr std::array<Known, 6> kKnownTemplates{{
    // Meta's
    {"bee088ea7adc059a219ea5101351b70238a011910d3be401f845492be7ca781c", PromptLayout::release},
    {"11869c7186058f6118601ad1468a622228fb98a3c1f87f973dac0b34fa81ca18", PromptLayout::september},
    {"e207aa5c77f58f1f3e576a2aeed3c8313d542f011f0d19af3ac1b72903d57219", PromptLayout::december},
    // the same layouts in this program's words: src/text/chat_template.jinja, tests/text/templates
    {"251f373f084a3a8b84952f24832bf7c32b1984006305d42aa9c8cbe2d012bb32", PromptLayout::release},
    {"b8fce2bf1dc393bac68cf1ee9dd67ba241dfacbfa47877f401bff42fbe1a59eb", PromptLayout::september},
    {"b741e56e3426b03826ac287fb08f04c343afc6590140ecc4ef515af08b85d593", PromptLayout::december},
}};

}  // namespace

const char* name_of(PromptLayout layout) {
  switch (layout) {
    case PromptLayout::release:
      return "25 September 2024";
    case PromptLayout::september:
      return "27 September 2024";
    case PromptLayout::december:
      return "December 2024";
  }
  return "unknown";
}

bool takes_system_and_image(PromptLayout layout) {
  return layout != PromptLayout::september;
}

std::string system_and_image_error(PromptLayout layout) {
  return cat("a system turn comes with an image, but the chat template of ", name_of(layout),
             ", in whose layout this checkpoint is asked, allows only one of them; put the text of "
             "the system turn at the beginning of the user's, or take a checkpoint with Meta's "
             "template of ",
             name_of(PromptLayout::december));
}

std::optional<PromptLayout> layout_of(std::string_view chat_template) {
  const auto sum = sha256(canonical_template(chat_template));
  const auto found = std::find_if(kKnownTemplates.begin(), kKnownTemplates.end(),
                                  [&](const Known& known) { return known.sha256 == sum; });
  if (found == kKnownTemplates.end()) return std::nullopt;
  return found->layout;
}

}  // namespace ecg_lora::text
