// A small byte-level BPE tokenizer.
#pragma once

#include <string>

#include "ecg_lora/base/json.h"

namespace ecg_lora::testing {

/// tokenizer.json of the 256 bytes, "ab" and " ab": bytes that GPT-2 prints as themselves, the
/// others by their stand-ins.
inline Json bpe_json() {
  Json vocabulary = Json::object();
  int extra = 256;
  for (int byte = 0; byte < 256; ++byte) {
    const bool printable =
        (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    const int point = printable ? byte : extra++;
    vocabulary[point < 128 ? std::string(1, static_cast<char>(point))
                           : std::string{static_cast<char>(0xc0 | point >> 6),
                                         static_cast<char>(0x80 | (point & 63))}] = byte;
  }
  vocabulary["ab"] = 256;
  vocabulary
      ["\xc4\xa0"
       "ab"] = 257;
  return {{"model",
           {{"type", "BPE"},
            {"vocab", vocabulary},
            {"merges", {"a b", "\xc4\xa0 ab"}},
            {"ignore_merges", true}}},
          {"decoder", {{"type", "ByteLevel"}}},
          {"pre_tokenizer", {{"type", "ByteLevel"}}},
          {"added_tokens", Json::array({{{"id", 258}, {"content", "<|eot_id|>"}}})}};
}

}  // namespace ecg_lora::testing
