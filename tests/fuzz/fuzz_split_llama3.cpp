// Any bytes as a text: its words, one behind the other, are the text.
#include <cstddef>
#include <cstdint>

#include "text/split_llama3.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<std::string_view> words;
  ecg_lora::text::split_llama3(text, words);
  std::size_t at = 0;
  for (const auto word : words) {
    if (word.empty() || word.data() != text.data() + at) __builtin_trap();
    at += word.size();
  }
  if (at != size) __builtin_trap();
  return 0;
}
