#include "ecg_lora/text/chat.h"

#include "base/expect_error.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/text/template_check.h"
#include "ecg_lora/text/train_sentencepiece.h"

namespace ecg_lora::text {
namespace {

using testing::error_of;
using testing::has;
using testing::TemporaryFolder;

const std::string kUser = "<|start_header_id|>user<|end_header_id|>\n\n", kAssistant = "<|start_header_id|>assistant<|end_header_id|>\n\n",
                  kSystem = "<|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n";

TEST(ChatText, OneTurnWithAnImage) {
  EXPECT_EQ(chat_text({{"user", "Q?", 1}}, true), "<|begin_of_text|>" + kUser + "<|image|>Q?<|eot_id|>" + kAssistant);
  EXPECT_EQ(chat_text({{"user", "Q?", 2}, {"assistant", "Yes"}}, false),
            "<|begin_of_text|>" + kUser + "<|image|><|image|>Q?<|eot_id|>" + kAssistant + "Yes<|eot_id|>");
}

TEST(ChatText, WithoutAnImageASystemHeaderStandsFirst) {
  EXPECT_EQ(chat_text({{"user", " Q "}}, false), "<|begin_of_text|>" + kSystem + "<|eot_id|>" + kUser + " Q <|eot_id|>");
  EXPECT_EQ(chat_text({{"system", "\n\xc2\xa0Read\xc2\xa0it. \xe3\x80\x80"}, {"user", "Q"}}, false),
            "<|begin_of_text|>" + kSystem + "Read\xc2\xa0it.<|eot_id|>" + kUser + "Q<|eot_id|>");
  EXPECT_TRUE(has(chat_text({{"user", "Q"}}, false, "01 Jan 2025"), "Today Date: 01 Jan 2025\n"));
}

TEST(ChatText, RefusesASystemTurnWithAnImage) {
  EXPECT_TRUE(has(error_of(ExitCode::data, [] { chat_text({{"system", "Read."}, {"user", "Q", 1}}, false); }), "remove the system turn"));
  EXPECT_EQ(chat_text({{"system", " "}, {"user", "Q", 1}}, false), chat_text({{"user", "Q", 1}}, false));
}

TEST(EncodeChat, MarksWhatTheAssistantSays) {
  const TemporaryFolder folder;
  train_sentencepiece({"user assistant system Is it? Because of what we saw.", "abcdefghijklmnopqrstuvwxyz Cutting Knowledge Date"}, 330, folder / "");
  const auto tokenizer = load_tokenizer(folder / "");
  const std::vector<Turn> turns{{"user", "Is it?", 1}, {"assistant", "Yes"}, {"user", "Why?"}, {"assistant", "Because"}};
  for (const bool prompt : {false, true}) {
    const auto chat = encode_chat(*tokenizer, turns, prompt);
    ASSERT_EQ(chat.assistant.size(), chat.ids.size());
    EXPECT_EQ(chat.ids, tokenizer->encode(chat_text(turns, prompt)));
    std::vector<std::int64_t> said;
    for (std::size_t i = 0; i < chat.ids.size(); ++i)
      if (chat.assistant[i]) said.push_back(chat.ids[i]);
    EXPECT_EQ(tokenizer->decode(said, false), "Yes<|eot_id|>Because<|eot_id|>");
    EXPECT_EQ(chat.assistant.back(), !prompt);
  }
}

TEST(ChatTemplate, IsFoundWhereTransformersLooksAndHeldAgainstOurLayout) {
  const TemporaryFolder folder;
  EXPECT_EQ(chat_template_of(folder / ""), "");
  EXPECT_TRUE(tokens_not_in_template(chat_template_of(folder / "")).empty());
  write_json(folder / "tokenizer_config.json", {{"chat_template", {{{"name", "tool_use"}, {"template", "t"}}, {{"name", "default"}, {"template", "[INST] {{ m }} <|image|>"}}}}});
  EXPECT_EQ(tokens_not_in_template(chat_template_of(folder / "")), (std::vector<std::string>{"<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"}));
  write_json(folder / "chat_template.json", {{"chat_template", 3}});
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { chat_template_of(folder / ""); }), "neither a text nor a list"));
  std::filesystem::copy_file("src/text/chat_template.jinja", folder / "chat_template.jinja");
  EXPECT_TRUE(tokens_not_in_template(chat_template_of(folder / "")).empty());
}

}  // namespace
}  // namespace ecg_lora::text
