#include "ecg_lora/evaluation/asking/prompt_sizes.h"

#include <algorithm>

namespace ecg_lora::asking {

plan::Prompts label_prompts(std::int64_t images, const std::string& labels) {
  constexpr std::int64_t tokens = 64;
  const bool list = labels.find(',') != std::string::npos;
  const std::int64_t questions = list ? std::count(labels.begin(), labels.end(), ',') + 1
                                 : labels == "superclass" ? 5
                                                          : 71;  // statements of PTB-XL
  return {images, images * questions, tokens, 0};
}

plan::Prompts task_prompts(std::int64_t images, std::int64_t max_new_tokens) {
  constexpr std::int64_t tokens = 256, rows = 32;
  return {images, rows, tokens, max_new_tokens};
}

}  // namespace ecg_lora::asking
