// Jinja templates without what cannot change what they write.
#pragma once

#include <string>
#include <string_view>

namespace ecg_lora::text {

/// `chat_template` with \n line ends, its tags as canonical_tag() writes them, without comments,
/// and without the blanks that Jinja strips: before and after a tag with a minus sign, the newline
/// behind a block and the indentation before one. The last two are trim_blocks and lstrip_blocks,
/// with which transformers renders every chat template. Two templates of one canonical form write
/// the same.
std::string canonical_template(std::string_view chat_template);

}  // namespace ecg_lora::text
