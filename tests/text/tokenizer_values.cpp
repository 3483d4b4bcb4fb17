// Tokens for check_tokenizer.py and check_templates.py: tokenizer_values FOLDER IN.json OUT.json,
// with the tokenizer and chat template of FOLDER. IN holds "texts", strings, "chats", conversations
// with "turns" and "generation_prompt", and "templates", Jinja; OUT what the program makes of each.
#include "canonical_template.h"
#include "ecg_lora/base/error.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/text/chat_format.h"

namespace {

using namespace ecg_lora;

Json template_values(const std::string& chat_template) {
  const auto layout = text::layout_of(chat_template);
  return {{"canonical", text::canonical_template(chat_template)},
          {"layout", layout ? text::name_of(*layout) : "unknown"}};
}

Json chat_values(const text::ChatFormat& format, const Json& chat) try {
  std::vector<text::Turn> turns;
  for (const auto& turn : chat.at("turns"))
    turns.push_back({turn.at("role").get<std::string>(), turn.at("content").get<std::string>(),
                     turn.at("images").get<int>()});
  const bool prompt = chat.at("generation_prompt").get<bool>();
  const auto tokens = text::encode_chat(format, turns, prompt);
  std::vector<std::int64_t> said;
  for (std::size_t i = 0; i < tokens.ids.size(); ++i)
    if (tokens.assistant[i]) said.push_back(tokens.ids[i]);
  return {{"text", text::chat_text(format.layout, turns, prompt)},
          {"ids", tokens.ids},
          {"assistant", format.tokenizer->decode(said, false)},
          {"mask", tokens.assistant}};
} catch (const Error& error) {
  return {{"refused", error.what()}};
}

int run(int argc, char** argv) {
  if (argc != 4)
    throw_usage("expected a tokenizer folder, an input and an output file, got ", argc - 1,
                " arguments; name all three");
  const auto format = text::load_chat_format(argv[1]);
  const auto& tokenizer = format.tokenizer;
  const auto in = read_json(argv[2]);
  Json out{{"size", tokenizer->size()},
           {"layout", text::name_of(format.layout)},
           {"texts", Json::array()},
           {"chats", Json::array()},
           {"templates", Json::array()}};
  for (const auto& text : in.at("texts")) {
    const auto ids = tokenizer->encode(text.get_ref<const std::string&>());
    out["texts"].push_back({{"ids", ids},
                            {"whole", tokenizer->decode(ids, false)},
                            {"plain", tokenizer->decode(ids)}});
  }
  for (const auto& chat : in.at("chats")) out["chats"].push_back(chat_values(format, chat));
  for (const auto& one : in.value("templates", Json::array()))
    out["templates"].push_back(template_values(one.get<std::string>()));
  write_json(argv[3], out);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return ecg_lora::guarded([&] { return run(argc, argv); });
}
