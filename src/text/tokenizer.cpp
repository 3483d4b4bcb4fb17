#include "ecg_lora/text/tokenizer.h"

#include "bpe.h"
#include "ecg_lora/base/error.h"
#include "sentencepiece.h"

namespace ecg_lora::text {

std::unique_ptr<Tokenizer> load_tokenizer(const std::filesystem::path& folder) {
  const auto json = folder / "tokenizer.json", model = folder / "tokenizer.model";
  if (std::filesystem::exists(json) && is_llama3_json(json)) return load_llama3_json(json);
  if (std::filesystem::exists(model)) return is_llama3_ranks(model) ? load_llama3_ranks(model) : load_sentencepiece(model);
  if (std::filesystem::exists(json))
    throw_checkpoint(json.string(), " is not a Llama 3 byte-level BPE tokenizer, expected one or a sentencepiece tokenizer.model beside it; copy the checkpoint's tokenizer files");
  throw_checkpoint("no tokenizer.json and no tokenizer.model in ", folder.string(), ", expected the tokenizer files of the checkpoint; copy them there");
}

}  // namespace ecg_lora::text
