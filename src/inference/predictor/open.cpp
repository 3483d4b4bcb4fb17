#include "ecg_lora/inference/predictor/open.h"

#include "ecg_lora/inference/decoding/decode.h"
#include "ecg_lora/text/chat_format.h"

namespace ecg_lora::inference {

Formats load_formats(const std::string& base) {
  auto chat = text::load_chat_format(base);
  return {std::move(chat), data::load_image_config(base)};
}

std::vector<std::int64_t> OpenModel::stops() const {
  return decoding::load_stops(model->config(), *formats.chat.tokenizer);
}

OpenModel open_model(const ModelChoice& choice, const plan::MemoryChecked& checked,
                     Formats formats) {
  auto [model, adapter] = load(choice, checked);
  if (adapter) text::check_adapter_layout(formats.chat.layout, choice.adapter);
  return {std::move(formats), std::move(model), std::move(adapter)};
}

}  // namespace ecg_lora::inference
