#include <limits>

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/config/fields.h"

namespace ecg_lora::config {
namespace {

using ecg_lora::testing::error_of;
using ecg_lora::testing::has;
using ecg_lora::testing::TemporaryFolder;

struct Optimizer {
  double lr = 1e-4;
  std::int64_t steps = 10;
  std::string schedule = "cosine";
  template <class V>
  void visit(V& v) {
    v.field("lr", lr, "peak learning rate").range(0, 10);
    v.field("steps", steps, "optimizer steps").range(0, 1e12);
    v.field("schedule", schedule, "after the warm-up").one_of({"cosine", "constant"});
  }
};

struct Config {
  std::string root = "data";
  bool balanced = true;
  int rate = 100;
  std::vector<int> folds{1, 2};
  std::vector<std::string> globs{"*"};
  Optimizer optimizer;
  template <class V>
  void visit(V& v) {
    v.field("root", root, "folder").not_empty();
    v.field("balanced", balanced, "equal numbers");
    v.field("rate", rate, "sampling rate, Hz").one_of({100, 500});
    v.field("folds", folds, "folds").range(1, 10).not_empty();
    v.field("globs", globs, "modules");
    v.section("optimizer", optimizer, "AdamW");
  }
};

struct Needs {
  std::string root;
  template <class V>
  void visit(V& v) {
    v.field("root", root, "folder").not_empty();
  }
};

Config from_text(const std::string& text) {
  return from_json<Config>(parse_json(text, "c.json"), "c.json");
}
std::string usage_error(const std::string& text) {
  return error_of(ExitCode::usage, [&] { from_text(text); });
}

TEST(Config, FillsWhatIsGivenAndKeepsDefaults) {
  const auto config = from_text(
      R"({"root": "x", "folds": [9], "balanced": false, "optimizer": {"lr": 1, "steps": 1e3}})");
  EXPECT_EQ(config.root, "x");
  EXPECT_EQ(config.folds, std::vector<int>{9});
  EXPECT_FALSE(config.balanced);
  EXPECT_EQ(config.optimizer.lr, 1.0);
  EXPECT_EQ(config.optimizer.steps, 1000);
  EXPECT_EQ(config.optimizer.schedule, "cosine");
  EXPECT_EQ(config.globs, std::vector<std::string>{"*"});
}

TEST(Config, DumpComesBackEqual) {
  auto config = from_text(R"({"globs": [], "rate": 500, "optimizer": {"lr": 0.1}})");
  const auto json = dump(config);
  EXPECT_EQ(dump(from_json<Config>(json, "c.json")), json);
  EXPECT_EQ(json.dump(), R"({"root":"data","balanced":true,"rate":500,"folds":[1,2],"globs":[],)"
                         R"("optimizer":{"lr":0.1,"steps":10,"schedule":"cosine"}})");
}

TEST(Config, HelpNamesEveryFieldWithTypeDefaultAndRule) {
  const auto text = help<Config>();
  EXPECT_TRUE(has(
      text, "optimizer.lr        number            0.0001    peak learning rate; from 0 to 10\n"));
  EXPECT_TRUE(has(
      text,
      "optimizer.schedule  text              \"cosine\"  after the warm-up; cosine or constant\n"));
  EXPECT_TRUE(
      has(text, "rate                integer           100       sampling rate, Hz; 100 or 500\n"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 9);
}

TEST(Config, UnknownKeysComeWithTheNearestKnownOne) {
  EXPECT_EQ(usage_error(R"({"balansed": 1})"),
            "c.json: unknown key 'balansed' (nearest: 'balanced'); --help-config lists every key");
  EXPECT_TRUE(has(usage_error(R"({"lr": 1})"), "unknown key 'lr' (nearest: 'optimizer.lr')"));
  EXPECT_TRUE(has(usage_error(R"({"optimizer": {"shedule": 1}})"),
                  "unknown key 'optimizer.shedule' (nearest: 'optimizer.schedule')"));
}

TEST(Config, ReportsEveryProblemAtOnce) {
  const auto text = usage_error(
      R"({"root": "", "foo": 1, "rate": 250, "folds": [1, 11], "bar": {},
      "optimizer": {"lr": "x", "steps": -1}})");
  for (const char* part :
       {"unknown key 'foo'", "unknown key 'bar'", "root: expected not empty, got nothing",
        "rate: expected 100 or 500, got 250", "folds: expected from 1 to 10, got 11",
        "optimizer.lr: expected a number, got \"x\"",
        "optimizer.steps: expected from 0 to 1000000000000, got -1"}) {
    EXPECT_TRUE(has(text, part));
  }
}

TEST(Config, RefusesWrongTypes) {
  EXPECT_TRUE(has(usage_error(R"({"rate": 3.5})"), "rate: expected an integer, got 3.5"));
  EXPECT_TRUE(has(usage_error(R"({"rate": "100"})"), "rate: expected an integer, got \"100\""));
  EXPECT_TRUE(has(usage_error(R"({"rate": true})"), "rate: expected an integer, got true"));
  EXPECT_TRUE(has(usage_error(R"({"balanced": 1})"), "balanced: expected true or false, got 1"));
  EXPECT_TRUE(has(usage_error(R"({"root": null})"), "root: expected text in quotes, got null"));
  EXPECT_TRUE(has(usage_error(R"({"folds": 3})"), "folds: expected a list, got 3"));
  EXPECT_TRUE(has(usage_error(R"({"folds": [1, 2.5]})"),
                  "folds: in the list, expected an integer, got 2.5"));
  EXPECT_TRUE(has(usage_error(R"({"globs": ["a", 1]})"),
                  "globs: in the list, expected text in quotes, got 1"));
  EXPECT_TRUE(
      has(usage_error(R"({"optimizer": 3})"), "optimizer: expected an object in braces, got 3"));
  EXPECT_TRUE(has(usage_error(R"([1])"), "the config: expected an object in braces, got [1]"));
}

TEST(Config, RefusesIntegersThatOverflow) {
  EXPECT_TRUE(has(usage_error(R"({"rate": 2147483748})"),
                  "rate: expected an integer from -2147483648 to 2147483647"));
  EXPECT_TRUE(has(usage_error(R"({"optimizer": {"steps": 9223372036854775808}})"),
                  "got 9223372036854775808"));
  EXPECT_TRUE(
      has(usage_error(R"({"optimizer": {"steps": 1e30}})"), "expected an integer, got 1e+30"));
  std::int64_t value = 0;
  EXPECT_EQ(assign(Json(std::numeric_limits<std::int64_t>::min()), value), "");
  EXPECT_EQ(value, std::numeric_limits<std::int64_t>::min());
}

TEST(Config, ChecksDefaultsThatMustBeSet) {
  EXPECT_TRUE(has(error_of(ExitCode::usage, [] { from_json<Needs>(Json::object(), "c.json"); }),
                  "c.json: root: expected not empty, got nothing"));
}

TEST(Config, AppliesSetsInOrder) {
  const TemporaryFolder folder;
  write_file(folder / "c.json", "{ // comment\n \"optimizer\": {\"lr\": 1}}");
  const auto config =
      load<Config>(folder / "c.json", {"optimizer.lr=2", "optimizer.lr=3", "root=a=b",
                                       "folds=[3, 4]", "optimizer.schedule=constant"});
  EXPECT_EQ(config.optimizer.lr, 3);
  EXPECT_EQ(config.root, "a=b");
  EXPECT_EQ(config.folds, (std::vector<int>{3, 4}));
  EXPECT_EQ(config.optimizer.schedule, "constant");
}

TEST(Config, RefusesSetsThatMeanNothing) {
  for (const char* set : {"lr", "=3", ".lr=3", "optimizer.=3", "root.x=3"}) {
    Json config = {{"root", "data"}};
    EXPECT_TRUE(has(error_of(ExitCode::usage, [&] { apply_set(config, set); }),
                    cat("--set '", set, "': expected")));
  }
  const TemporaryFolder folder;
  write_file(folder / "c.json", "{}");
  EXPECT_TRUE(
      has(error_of(ExitCode::usage, [&] { load<Config>(folder / "c.json", {"optimizer.lrr=3"}); }),
          "unknown key 'optimizer.lrr' (nearest: 'optimizer.lr')"));
}

TEST(Config, DamagedOrMissingFilesAreUsageErrors) {
  const TemporaryFolder folder;
  write_file(folder / "c.json", "{\"root\": \"a\",\n \"root\": \"b\"}");
  EXPECT_TRUE(has(error_of(ExitCode::usage, [&] { load<Config>(folder / "c.json"); }),
                  "line 2, column 2: the key 'root'"));
  write_file(folder / "c.json", "{\"root\": \"a\"");
  EXPECT_TRUE(has(error_of(ExitCode::usage, [&] { load<Config>(folder / "c.json"); }), "line 1"));
  EXPECT_TRUE(
      has(error_of(ExitCode::usage, [&] { load<Config>(folder / "none.json"); }), "no such file"));
}

}  // namespace
}  // namespace ecg_lora::config
