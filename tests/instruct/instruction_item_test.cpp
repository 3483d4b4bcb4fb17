#include "ecg_lora/instruct/format/instruction_item.h"

#include <set>

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/instruct/format/unread.h"
#include "support/shared_data.h"

namespace ecg_lora::instruct {
namespace {

using testing::error_of;
using testing::has;

InstructionItem parse(const std::string& text) {
  return parse_item(text, "f.json: item 3");
}

std::string refusal(const std::string& text) {
  return error_of(ExitCode::data, [&] { parse(text); });
}

/// "user/2: text" for each turn.
std::vector<std::string> shown(const InstructionItem& item) {
  std::vector<std::string> lines;
  for (const auto& turn : item.turns)
    lines.push_back(cat(turn.role, "/", turn.images, ": ", turn.content));
  return lines;
}

using Lines = std::vector<std::string>;

TEST(InstructionItem, OfEcgInstruct) {
  const auto item =
      parse(R"({"id": "m-1", "image": "mimic_iv/files/p1/40689238-0.png", "conversations": [
    {"from": "human", "value": "<image>\nWhat is the rhythm?"},
    {"from": "gpt", "value": "Sinus rhythm."},
    {"from": "human", "value": "And the axis?"}, {"from": "gpt", "value": "Normal."}]})");
  EXPECT_EQ(item.id, "m-1");
  EXPECT_EQ(item.images, Lines{"mimic_iv/files/p1/40689238-0.png"});
  EXPECT_EQ(shown(item), (Lines{"user/1: What is the rhythm?", "assistant/0: Sinus rhythm.",
                                "user/0: And the axis?", "assistant/0: Normal."}));
}

TEST(InstructionItem, OfEcgqaTestHasRolesContentsAndLists) {
  const auto item = parse(
      R"({"id": 7, "image": ["a.png"], "conversation": [
      {"role": "user", "content": ["Which leads?"]},
      {"role": "assistant", "content": ["lead II", "lead V1", 3]}]})");
  EXPECT_EQ(item.id, "7");
  EXPECT_EQ(shown(item), (Lines{"user/1: Which leads?", "assistant/0: lead II, lead V1, 3"}));
}

TEST(InstructionItem, OfMessagesWithParts) {
  const auto item = parse(
      R"({"images": ["a.png", "b.png"], "messages": [
      {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "Compare."}]},
      {"role": "assistant", "content": "Same."}]})");
  EXPECT_EQ(shown(item), (Lines{"user/2: Compare.", "assistant/0: Same."}));
}

TEST(InstructionItem, MarkersSayWhoseTurnAnImageIs) {
  const auto turns = [](const std::string& first, const std::string& second, int images) {
    Json names = Json::array();
    for (int i = 0; i < images; ++i) names.push_back(cat(i, ".png"));
    const Json item{{"image", names},
                    {"conversations",
                     {{{"from", "human"}, {"value", first}},
                      {{"from", "gpt"}, {"value", "a"}},
                      {{"from", "human"}, {"value", second}},
                      {{"from", "gpt"}, {"value", "b"}}}}};
    const auto lines = shown(read_item(item, "i"));
    return Lines{lines[0], lines[2]};
  };
  EXPECT_EQ(turns("First?", "Second?", 1), (Lines{"user/1: First?", "user/0: Second?"}));
  EXPECT_EQ(turns("<image>\nFirst?", "And this? <image>", 2),
            (Lines{"user/1: First?", "user/1: And this?"}));
  EXPECT_EQ(turns("First?", "<image> And this?", 2),
            (Lines{"user/1: First?", "user/1: And this?"}));
  EXPECT_EQ(turns("See <image> and\n<image>\nthen tell", "x", 2),
            (Lines{"user/2: See and\nthen tell", "user/0: x"}));
  EXPECT_EQ(turns("word<image>\nnext<|image|>word", "x", 2),
            (Lines{"user/2: word\nnextword", "user/0: x"}));
  EXPECT_EQ(turns("<image>", "x", 1), (Lines{"user/1: ", "user/0: x"}));
}

TEST(InstructionItem, ASystemTurnStaysOneWithAnImage) {
  const std::string turns =
      R"("conversations": [{"from": "system", "value": "Be brief."},
      {"from": "human", "value": "Rate?"}, {"from": "gpt", "value": "72"}])";
  EXPECT_EQ(shown(parse("{" + turns + "}")),
            (Lines{"system/0: Be brief.", "user/0: Rate?", "assistant/0: 72"}));
  EXPECT_EQ(shown(parse("{\"image\": \"a.png\", " + turns + "}")),
            (Lines{"system/0: Be brief.", "user/1: Rate?", "assistant/0: 72"}));
}

TEST(InstructionItem, OfEcgQa) {
  const auto item = parse(
      R"({"template_id": 68, "question_id": 2470, "sample_id": 260010,
      "question_type": "comparison_irrelevant-query", "attribute_type": "numeric_feature",
    "question": "What has become normal?", "answer": ["rr interval", "qt interval", "rr interval"],
      "ecg_id": [181, 126], "attribute": null})");
  EXPECT_EQ(item.id, "260010");
  EXPECT_EQ(item.kind, "comparison_irrelevant-query");
  EXPECT_EQ(item.images, (Lines{"181", "126"}));
  EXPECT_EQ(shown(item),
            (Lines{"user/2: What has become normal?", "assistant/0: qt interval, rr interval"}));
}

TEST(InstructionItem, EveryQuestionTypeOfEcgQaIsTaken) {
  ASSERT_EQ(ecg_qa_types().size(), 9u);
  for (const auto& type : ecg_qa_types()) {
    const bool two = type.starts_with("comparison");
    const Json item{{"question_type", type},
                    {"question", "Q?"},
                    {"answer", {"yes"}},
                    {"ecg_id", two ? Json{1, 2} : Json{1}}};
    EXPECT_EQ(read_item(item, "i").images.size(), two ? 2u : 1u) << type;
  }
  EXPECT_TRUE(has(refusal(
                      R"({"question_type": "single-guess", "question": "Q?", "answer": ["no"],
      "ecg_id": [1]})"),
                  "question_type is 'single-guess'"));
  EXPECT_TRUE(has(
      refusal(
          R"({"question_type": "comparison_consecutive-verify", "question": "Q?", "answer": ["no"],
      "ecg_id": [1]})"),
      "of 1 ECGs, expected 2"));
  EXPECT_TRUE(has(
      refusal(
          R"({"question_type": "single-verify", "question": "Q?", "answer": [], "ecg_id": [1]})"),
      "answer is empty"));
}

TEST(InstructionItem, BadOnesAreRefusedByName) {
  const auto with = [](const std::string& turns) {
    return "{\"image\": \"a.png\", \"conversations\": [" + turns + "]}";
  };
  const std::string user = R"({"from": "human", "value": "Q?"})",
                    gpt = R"({"from": "gpt", "value": "A."})";
  const std::vector<std::pair<std::string, std::string>> cases{
      {"[1]", "is [1], expected an object"},
      {"{}", "no conversations"},
      {R"({"conversations": "x"})", "conversations is \"x\""},
      {R"({"conversations": [], "messages": []})", "both conversations and messages"},
      {R"({"image": 3, "conversations": []})", "an image is 3"},
      {R"({"image": "", "conversations": []})", "an image is \"\""},
      {with(""), "ends without an answer"},
      {with(user), "ends without an answer"},
      {with(user + "," + user), "turn 2 is of the user, expected the assistant"},
      {with(gpt + "," + user), "turn 1 is of the assistant, expected the user"},
      {with(user + "," + gpt + "," + user), "ends without an answer"},
      {with(user + "," + R"({"from": "gpt", "value": " "})"), "turn 2 of the assistant is empty"},
      {with(user + "," + R"({"from": "gpt", "value": "see <image>"})"),
       "expected it in a user's turn"},
      {with(user + "," + R"({"from": "gpt", "value": "A.<|eot_id|>"})"),
       "special token <|eot_id|>"},
      {with(user + "," + R"({"from": "gpt", "value": {"a": 1}})"),
       "turn 2 is {\"a\":1}, expected text"},
      {with(user + "," + R"({"from": "gpt", "value": null})"), "turn 2 is null, expected text"},
      {with(user + "," + R"({"from": "gpt"})"), "turn 2 has no value"},
      {with(user + "," + R"({"from": "nurse", "value": "A."})"), "is from \"nurse\""},
      {with(user + "," + R"({"value": "A."})"), "is from nobody"},
      {with(user + ", 5"), "turn 2 is 5, expected an object"},
      {with(R"({"from": "human", "value": "<image> <image>"})"
            "," +
            gpt),
       "2 <image> or <ecg> markers for 1 images"},
      {R"({"id": 1, "id": 2})", "line 1, column 11: the key 'id' is there twice"},
      {"{\"conversations\": [\"\xff\"]}", "line 1, column 21"},
      {"{\"conversations\": [", "line 1, column"}};
  for (const auto& [text, message] : cases) {
    const auto told = refusal(text);
    EXPECT_TRUE(has(told, message)) << text;
    EXPECT_TRUE(told.starts_with("f.json: item 3")) << told;
  }
}

/// An item of these members, with one question of the user and an answer.
std::string asked(const std::string& members, const std::string& question) {
  return cat("{", members, R"(, "conversations": [{"from": "human", "value": ")", question,
             R"("}, {"from": "gpt", "value": "Yes."}]})");
}

TEST(InstructionItem, OfARecordingNamesItsHeader) {
  const auto item = parse(asked(R"("ecg": "records100/00000/00001_lr")", R"(<ecg>\nRegular?)"));
  EXPECT_EQ(item.images, Lines{"records100/00000/00001_lr.hea"});
  EXPECT_EQ(shown(item), (Lines{"user/1: Regular?", "assistant/0: Yes."}));
  EXPECT_EQ(parse(asked(R"("ecg": ["a/b.hea", "c.dat", 7])", "Q?")).images,
            (Lines{"a/b.hea", "c.hea", "7.hea"}));
  EXPECT_EQ(shown(parse(asked(R"("ecg": "a", "image": null)", "<image> Q?")))[0], "user/1: Q?");
  EXPECT_EQ(shown(parse(asked(R"("image": "a.png")", "<ecg> Q?")))[0], "user/1: Q?");
  EXPECT_TRUE(has(refusal(asked(R"("ecg": {"path": "a"})", "Q?")),
                  "ecg is {\"path\":\"a\"}, expected the name"));
  EXPECT_TRUE(
      has(refusal(asked(R"("id": 1)", "<ecg> Q?")), "1 <image> or <ecg> markers for 0 images"));
}

TEST(InstructionItem, OfEcgQaMayNameItsRecordingsUnderEcg) {
  const auto item = parse(R"({"question_type": "single-verify", "question": "<ecg> Noise?",
    "answer": ["no"], "ecg": "records100/00000/00001_lr"})");
  EXPECT_EQ(item.images, Lines{"records100/00000/00001_lr.hea"});
  EXPECT_EQ(shown(item), (Lines{"user/1: Noise?", "assistant/0: no"}));
}

TEST(InstructionItem, OfAnImageAndItsRecordingShowsTheImageOnce) {
  const std::string both = R"("image": "a.png", "ecg": "a")";
  EXPECT_EQ(parse(asked(both, "Q?")).images, Lines{"a.png"});
  EXPECT_EQ(shown(parse(asked(both, R"(<image>\n<ecg>\nQ?)")))[0], "user/1: Q?");
  EXPECT_EQ(shown(parse(asked(both, "<ecg> Q?")))[0], "user/1: Q?");
  const auto later = parse("{" + both + R"(, "conversations": [{"from": "human", "value": "Rate?"},
    {"from": "gpt", "value": "72"}, {"from": "human", "value": "<ecg> Axis?"},
    {"from": "gpt", "value": "Normal."}]})");
  EXPECT_EQ(shown(later),
            (Lines{"user/0: Rate?", "assistant/0: 72", "user/1: Axis?", "assistant/0: Normal."}));
}

using Parts = std::set<std::string>;

Parts unread(const std::string& text) {
  return unread_parts(Json::parse(text));
}

TEST(UnreadContent, KeysAndMarkersWithoutAMeaningAreNamed) {
  EXPECT_EQ(
      unread(asked(R"("video": "a.mp4", "signal": [1], "audio": null, "tools": [])",
                   R"(<video> and <signal>, QRS < 120 ms > 90 <b>bold</b><br> <image> <ECG>)")),
      (Parts{"'video'", "'signal'", "<video>", "<signal>", "<ECG>"}));
  EXPECT_EQ(unread(
                R"({"image": "a", "messages": [{"role": "user", "weight": 0,
    "content": [{"type": "text", "text": "<audio>"}]},
    {"role": "assistant", "content": "<lead>"}]})"),
            (Parts{"<audio>", "'weight' of a turn"}));
  EXPECT_EQ(unread(R"({"question": "<pdf>?", "answer": "x", "ecg_id": 1})"), Parts{"<pdf>"});
}

TEST(UnreadContent, WhatOnlySaysWhereAnItemComesFromIsNot) {
  EXPECT_EQ(
      unread(asked(
          R"("id": 1, "image": "a", "ecg": "a", "ecg_id": 1, "study_id": 2, "metadata": {"a": 1})",
          "Q")),
      Parts{});
  EXPECT_EQ(
      unread(
          R"({"template_id": 68, "question_id": 2, "sample_id": 2, "question_type": "single-verify",
    "attribute_type": "x", "attribute": ["y"], "wording": "template", "question": "Q?",
    "answer": ["no"], "ecg_id": [1], "ecg_path": ["a"]})"),
      Parts{});
  EXPECT_EQ(unread(asked(R"("id": 1, "ecg_id": 1)", "Q")), Parts{"'ecg_id'"})
      << "of a conversation without a page";
}

TEST(UnreadContent, IsCountedByItemAndToldInOneSentence) {
  UnreadContent all, more;
  all.add(Parts{"'video'", "<video>"});
  all.add(Parts{});
  more.add(Parts{"'video'"});
  all.add(more);
  EXPECT_EQ(all.items, 2);
  EXPECT_TRUE(
      has(all.sentence(),
          "2 items hold what is not read: 'video' in 2, <video> in 1; a page stands under"));
  for (int i = 0; i < 20; ++i) all.add(Parts{cat("'k", i, "'")});
  EXPECT_TRUE(has(all.sentence(), " and 10 more; a page"));
}

TEST(ImageKey, IsThatOfTheNamesInTheirOrder) {
  EXPECT_EQ(image_key({}), 0u);
  EXPECT_NE(image_key({"a"}), 0u);
  EXPECT_NE(image_key({"a", "b"}), image_key({"b", "a"}));
  EXPECT_NE(image_key({"ab"}), image_key({"a", "b"}));
  EXPECT_EQ(image_key({"a", "b"}), image_key({"a", "b"}));
}

TEST(InstructionItem, AllOfTheSharedEcgQa) {
  ECG_LORA_NEEDS_SHARED("ecgqa");
  std::size_t pairs = 0, items = 0;
  for (const char* split : {"train", "valid", "test"}) {
    const auto all = read_json(testing::shared_data() / "ecgqa" / cat(split, ".json"));
    for (const auto& one : all) {
      const auto item = read_item(one, "shared");
      EXPECT_EQ(unread_parts(one), Parts{});
      EXPECT_EQ(item.images.size(), one["ecg_id"].size());
      EXPECT_EQ(item.turns[0].content, one["question"].get<std::string>());
      ++items;
      pairs += item.images.size() == 2 ? 1 : 0;
    }
  }
  EXPECT_EQ(items, 1274u);
  EXPECT_EQ(pairs, 448u);
}

}  // namespace
}  // namespace ecg_lora::instruct
