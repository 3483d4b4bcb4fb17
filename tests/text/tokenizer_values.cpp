// Tokens for check_tokenizer.py: tokenizer_values FOLDER IN.json OUT.json, with the tokenizer of FOLDER. IN holds "texts", strings,
// and "chats", conversations with "turns" and "generation_prompt"; OUT what the program makes of each.
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/text/chat.h"

namespace {

using namespace ecg_lora;

Json chat_values(const text::Tokenizer& tokenizer, const Json& chat) {
  std::vector<text::Turn> turns;
  for (const auto& turn : chat.at("turns"))
    turns.push_back({turn.at("role").get<std::string>(), turn.at("content").get<std::string>(), turn.at("images").get<int>()});
  const bool prompt = chat.at("generation_prompt").get<bool>();
  const auto tokens = text::encode_chat(tokenizer, turns, prompt);
  std::vector<std::int64_t> said;
  for (std::size_t i = 0; i < tokens.ids.size(); ++i)
    if (tokens.assistant[i]) said.push_back(tokens.ids[i]);
  return {{"text", text::chat_text(turns, prompt)}, {"ids", tokens.ids}, {"assistant", tokenizer.decode(said, false)}};
}

int run(int argc, char** argv) {
  if (argc != 4) throw_usage("expected a tokenizer folder, an input and an output file, got ", argc - 1, " arguments; name all three");
  const auto tokenizer = text::load_tokenizer(argv[1]);
  const auto in = read_json(argv[2]);
  Json out{{"size", tokenizer->size()}, {"texts", Json::array()}, {"chats", Json::array()}};
  for (const auto& text : in.at("texts")) {
    const auto ids = tokenizer->encode(text.get_ref<const std::string&>());
    out["texts"].push_back({{"ids", ids}, {"whole", tokenizer->decode(ids, false)}, {"plain", tokenizer->decode(ids)}});
  }
  for (const auto& chat : in.at("chats")) out["chats"].push_back(chat_values(*tokenizer, chat));
  write_json(argv[3], out);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return ecg_lora::guarded([&] { return run(argc, argv); });
}
