#include "ecg_lora/text/chat_format.h"

#include <array>

#include "base/expect_error.h"
#include "canonical_template.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/json.h"
#include "ecg_lora/text/train_sentencepiece.h"

namespace ecg_lora::text {
namespace {

using testing::error_of;
using testing::has;
using testing::TemporaryFolder;

const std::string kUser = "<|start_header_id|>user<|end_header_id|>\n\n",
                  kAssistant = "<|start_header_id|>assistant<|end_header_id|>\n\n",
                  kSystem =
                      "<|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: "
                      "December 2023\nToday Date: 26 Jul 2024\n\n";

constexpr std::array kLayouts{PromptLayout::release, PromptLayout::september,
                              PromptLayout::december};
const std::string kBegin = "<|begin_of_text|>";

TEST(ChatText, EveryLayoutWritesAnImageAlike) {
  for (const auto layout : kLayouts) {
    EXPECT_EQ(chat_text(layout, {{"user", "Q?", 1}}, true),
              kBegin + kUser + "<|image|>Q?<|eot_id|>" + kAssistant);
    EXPECT_EQ(chat_text(layout, {{"user", "Q?", 2}, {"assistant", "Yes"}}, false),
              kBegin + kUser + "<|image|><|image|>Q?<|eot_id|>" + kAssistant + "Yes<|eot_id|>");
  }
}

TEST(ChatText, WithoutAnImageASystemHeaderStandsFirst) {
  const std::vector<Turn> plain{{"user", " Q "}};
  const std::vector<Turn> system{{"system", "\n\xc2\xa0Read\xc2\xa0it. \xe3\x80\x80"},
                                 {"user", "Q"}};
  for (const auto layout : {PromptLayout::september, PromptLayout::december}) {
    EXPECT_EQ(chat_text(layout, plain, false),
              kBegin + kSystem + "<|eot_id|>" + kUser + " Q <|eot_id|>");
    EXPECT_EQ(chat_text(layout, system, false),
              kBegin + kSystem + "Read\xc2\xa0it.<|eot_id|>" + kUser + "Q<|eot_id|>");
    EXPECT_TRUE(has(chat_text(layout, plain, false, "01 Jan 2025"), "Today Date: 01 Jan 2025\n"));
  }
  EXPECT_EQ(chat_text(PromptLayout::release, plain, false), kBegin + kUser + " Q <|eot_id|>");
}

TEST(ChatText, ASystemTurnBesideAnImage) {
  const std::vector<Turn> turns{{"system", " Read. "}, {"user", "Q", 1}};
  EXPECT_TRUE(has_system_and_image(turns));
  EXPECT_EQ(chat_text(PromptLayout::december, turns, false),
            kBegin + kSystem + "Read.<|eot_id|>" + kUser + "<|image|>Q<|eot_id|>");
  EXPECT_EQ(chat_text(PromptLayout::release, turns, false),
            kBegin + "<|start_header_id|>system<|end_header_id|>\n\n Read. <|eot_id|>" + kUser +
                "<|image|>Q<|eot_id|>");
  const auto refusal =
      error_of(ExitCode::data, [&] { chat_text(PromptLayout::september, turns, false); });
  EXPECT_TRUE(has(refusal, "the chat template of 27 September 2024"));
  EXPECT_TRUE(has(refusal, "at the beginning of the user's"));
}

TEST(ChatText, AnEmptySystemTurnBesideAnImage) {
  const std::vector<Turn> turns{{"system", " "}, {"user", "Q", 1}};
  EXPECT_EQ(chat_text(PromptLayout::september, turns, false),
            kBegin + kUser + "<|image|>Q<|eot_id|>");
  EXPECT_EQ(chat_text(PromptLayout::december, turns, false),
            kBegin + kSystem + "<|eot_id|>" + kUser + "<|image|>Q<|eot_id|>");
}

TEST(EncodeChat, MarksWhatTheAssistantSays) {
  const TemporaryFolder folder;
  train_sentencepiece({"user assistant system Is it? Because of what we saw.",
                       "abcdefghijklmnopqrstuvwxyz Cutting Knowledge Date"},
                      330, folder / "");
  const auto format = load_chat_format(folder / "");
  const auto& tokenizer = format.tokenizer;
  const std::vector<Turn> turns{
      {"user", "Is it?", 1}, {"assistant", "Yes"}, {"user", "Why?"}, {"assistant", "Because"}};
  for (const bool prompt : {false, true}) {
    const auto chat = encode_chat(format, turns, prompt);
    ASSERT_EQ(chat.assistant.size(), chat.ids.size());
    EXPECT_EQ(chat.ids, tokenizer->encode(chat_text(format.layout, turns, prompt)));
    std::vector<std::int64_t> said;
    for (std::size_t i = 0; i < chat.ids.size(); ++i)
      if (chat.assistant[i]) said.push_back(chat.ids[i]);
    EXPECT_EQ(tokenizer->decode(said, false), "Yes<|eot_id|>Because<|eot_id|>");
    EXPECT_EQ(chat.assistant.back(), !prompt);
  }
}

/// What load_layout() makes of a folder, and what it says.
struct Loaded {
  explicit Loaded(const std::filesystem::path& folder) {
    warning = testing::stderr_of([&] { layout = load_layout(folder); });
  }
  PromptLayout layout;
  std::string warning;
};

const std::string kSeptember = "src/text/chat_template.jinja";
const std::string kDecember = "tests/text/templates/december.jinja";

TEST(PromptLayout, IsThatOfTheTemplate) {
  EXPECT_EQ(layout_of(read_file(kSeptember)), PromptLayout::september);
  EXPECT_EQ(layout_of(read_file(kDecember)), PromptLayout::december);
  EXPECT_EQ(layout_of(read_file("tests/text/templates/release.jinja")), PromptLayout::release);
  EXPECT_EQ(layout_of(read_file(kDecember) + "x"), std::nullopt);
  EXPECT_EQ(layout_of(""), std::nullopt);
}

TEST(PromptLayout, IsReadWhereTransformersLooks) {
  const TemporaryFolder folder;
  const auto december = read_file(kDecember);
  EXPECT_TRUE(chat_templates_of(folder / "").empty());
  EXPECT_EQ(Loaded(folder / "").layout, PromptLayout::september);
  EXPECT_EQ(Loaded(folder / "").warning, "");
  const Json named = {{{"name", "tool_use"}, {"template", "t"}},
                      {{"name", "default"}, {"template", december}}};
  write_json(folder / "tokenizer_config.json", {{"chat_template", named}});
  EXPECT_EQ(Loaded(folder / "").layout, PromptLayout::december);
  write_json(folder / "chat_template.json", {{"chat_template", december}});
  write_file(folder / "chat_template.jinja", december);
  write_json(folder / "processor_config.json", {{"processor_class", "MllamaProcessor"}});
  EXPECT_EQ(chat_templates_of(folder / "").size(), 3u);
  EXPECT_EQ(Loaded(folder / "").warning, "");
  write_json(folder / "chat_template.json", {{"chat_template", 3}});
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { load_layout(folder / ""); }),
                  "neither a text nor a list"));
}

TEST(PromptLayout, FilesThatDisagreeAreNamed) {
  const TemporaryFolder folder;
  write_json(folder / "chat_template.json", {{"chat_template", read_file(kSeptember)}});
  write_file(folder / "chat_template.jinja", read_file(kDecember));
  const Loaded loaded(folder / "");
  EXPECT_EQ(loaded.layout, PromptLayout::september);
  EXPECT_TRUE(has(loaded.warning, "chat_template.json (the layout of 27 September 2024) and "));
  EXPECT_TRUE(has(loaded.warning, "chat_template.jinja (the layout of December 2024) differ"));
}

TEST(PromptLayout, OfAnUnknownTemplateIsSaid) {
  const TemporaryFolder folder;
  write_file(folder / "chat_template.jinja", "[INST] {{ m }} <|image|>");
  const Loaded loaded(folder / "");
  EXPECT_EQ(loaded.layout, PromptLayout::september);
  EXPECT_TRUE(has(loaded.warning, "chat_template.jinja is no known generation"));
  EXPECT_TRUE(
      has(loaded.warning, "never writes <|start_header_id|>, <|end_header_id|>, <|eot_id|>;"));
  EXPECT_TRUE(has(loaded.warning, "in the layout of 27 September 2024"));
}

TEST(PromptLayout, OfAnAdapterIsHeldAgainstItsBase) {
  const TemporaryFolder folder;
  const auto warning = [&](PromptLayout layout) {
    return testing::stderr_of([&] { check_adapter_layout(layout, folder / ""); });
  };
  EXPECT_EQ(warning(PromptLayout::december), "");
  write_file(folder / "chat_template.jinja", read_file(kDecember));
  EXPECT_EQ(warning(PromptLayout::december), "");
  EXPECT_TRUE(
      has(warning(PromptLayout::september),
          "the layout of December 2024, but its base is asked in the layout of 27 September"));
}

TEST(CanonicalTemplate, IsWithoutWhatJinjaDrops) {
  EXPECT_EQ(canonical_template("a {%- if x -%} b {{- y }} c"), "a{%if x%}b{{y}} c");
  EXPECT_EQ(canonical_template("a\r\n  {% if x %}\r\nb\r\n"), "a\n{%if x%}b");
  EXPECT_EQ(canonical_template("{# a #}\n{#- b -#}\n {{ '%}' }}{{ \"}}\" }}\n"),
            "{{\"%}\"}}{{\"}}\"}}");
  EXPECT_EQ(canonical_template("a {%+ if x +%}\nb {{ y }}\n\n"), "a {%if x%}\nb {{y}}\n");
  EXPECT_EQ(canonical_template("a {{ 'open"), "a {{\"o\"en");
}

TEST(CanonicalTemplate, WritesTagsInOneNotation) {
  EXPECT_EQ(canonical_template("{{ m [ 'a' ]  |  trim if not  x is  none }}"),
            "{{m[\"a\"]|trim if not x is none}}");
  EXPECT_EQ(canonical_template("{{ 'a\n' + \"a\\n\" + 'it\\'s \"x\"' + \"it's \\\"x\\\"\" }}"),
            R"({{"a\n"+"a\n"+"it's \"x\""+"it's \"x\""}})");
  EXPECT_EQ(canonical_template("{{ '\\x41 \\\\ a  b' }}"), R"({{"\x41 \\ a  b"}})");
}

}  // namespace
}  // namespace ecg_lora::text
