#include "ecg_lora/text/tokenizer.h"

#include "bpe.h"
#include "ecg_lora/base/error.h"
#include "sentencepiece.h"
#include "sentencepiece_json.h"

namespace ecg_lora::text {
namespace {

/// A way to load a tokenizer, and its name for people.
struct Choice {
  std::filesystem::path file;
  std::string kind;
  std::unique_ptr<Tokenizer> (*load)(const std::filesystem::path&);
};

Choice choose(const std::filesystem::path& folder) {
  const auto json = folder / "tokenizer.json", model = folder / "tokenizer.model";
  if (std::filesystem::exists(json) && is_llama3_json(json))
    return {json, "Llama 3 byte-level BPE (tokenizer.json)", load_llama3_json};
  if (std::filesystem::exists(model)) {
    if (is_llama3_ranks(model))
      return {model, "Llama 3 byte-level BPE (ranks in tokenizer.model)", load_llama3_ranks};
    return {model, "sentencepiece (tokenizer.model)", load_sentencepiece};
  }
  if (std::filesystem::exists(json)) {
    if (is_sentencepiece_json(json))
      return {json, "sentencepiece (as tokenizer.json)", load_sentencepiece};
    throw_checkpoint(json.string(),
                     " is not a Llama 3 byte-level BPE tokenizer, expected one, or a sentencepiece "
                     "model; copy the checkpoint's tokenizer files");
  }
  throw_checkpoint("no tokenizer.json and no tokenizer.model in ", folder.string(),
                   ", expected the tokenizer files of the checkpoint; copy them there");
}

}  // namespace

std::unique_ptr<Tokenizer> load_tokenizer(const std::filesystem::path& folder) {
  const auto choice = choose(folder);
  return choice.load(choice.file);
}

std::string tokenizer_kind(const std::filesystem::path& folder) {
  return choose(folder).kind;
}

}  // namespace ecg_lora::text
