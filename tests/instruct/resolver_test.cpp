#include "ecg_lora/instruct/format/resolver.h"

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"

namespace ecg_lora::instruct {
namespace {

using testing::error_of;
using testing::has;
using testing::TemporaryFolder;

class Resolving : public ::testing::Test {
 protected:
  void touch(const std::string& name) const { write_file(folder_ / name, "x"); }
  std::string root(const std::string& name) const { return (folder_ / name).string(); }

  /// What `name` stands for, relative to the folder: "picture p/a.png".
  std::string found(const Roots& roots, const std::string& name) const {
    const auto result = Resolver(roots).find(name, "f.json: item 3");
    return cat(result.recording ? "recording " : "picture ",
               std::filesystem::relative(result.path, folder_ / ".").string());
  }
  std::string refusal(const Roots& roots, const std::string& name) const {
    return error_of(ExitCode::data, [&] { Resolver(roots).find(name, "f.json: item 3"); });
  }
  const TemporaryFolder folder_;
};

TEST_F(Resolving, PicturesLieUnderTheirNameOrItsEnd) {
  touch("p/mimic/files/1.png");
  touch("p/ptb/2.jpeg");
  const Roots roots{{root("p")}, {}};
  EXPECT_EQ(found(roots, "mimic/files/1.png"), "picture p/mimic/files/1.png");
  EXPECT_EQ(found({{root("p/mimic")}, {}}, "mimic/files/1.png"), "picture p/mimic/files/1.png");
  EXPECT_EQ(found({{root("p/mimic/files")}, {}}, "/elsewhere/mimic/files/1.png"),
            "picture p/mimic/files/1.png");
  EXPECT_EQ(found(roots, "../ptb/2"), "picture p/ptb/2.jpeg");
  EXPECT_EQ(found(roots, root("p/mimic/files/1.png")), "picture p/mimic/files/1.png");
}

/// A data set from elsewhere must not show what lies outside of the roots.
TEST_F(Resolving, NothingOutsideOfTheRootsIsRead) {
  touch("p/1.png");
  touch("home/secret.png");
  touch("home/private.hea");
  std::filesystem::create_symlink(folder_ / "home/secret.png", folder_ / "p/link.png");
  std::filesystem::create_directory_symlink(folder_ / "home", folder_ / "p/folder");
  const Roots roots{{root("p")}, {root("p")}}, wide{{root("p"), root("home")}, {}};
  for (const auto& name : {root("home/secret.png"), std::string("link.png"),
                           std::string("folder/secret.png"), root("home/private")})
    EXPECT_TRUE(has(refusal(roots, name), "lies outside of its data set")) << name;
  EXPECT_TRUE(has(refusal(roots, "../home/secret.png"), "was found nowhere"));
  EXPECT_EQ(found(wide, root("home/secret.png")), "picture home/secret.png");
  EXPECT_EQ(found(wide, "link.png"),
            "picture home/secret.png");  // as found() writes it, links followed
  std::filesystem::create_directory_symlink(folder_ / "p", folder_ / "q");
  EXPECT_EQ(found({{root("q")}, {}}, "1.png"), "picture p/1.png");
}

TEST_F(Resolving, APictureGoesBeforeARecordingAndRootsInTheirOrder) {
  touch("p/records100/00000/00001_lr.png");
  touch("q/records100/00000/00001_lr.png");
  touch("d/records100/00000/00001_lr.hea");
  touch("d/records100/00000/00002_lr.hea");
  const Roots roots{{root("p"), root("q")}, {root("d")}};
  EXPECT_EQ(found(roots, "records100/00000/00001_lr.png"),
            "picture p/records100/00000/00001_lr.png");
  EXPECT_EQ(found(roots, "records100/00000/00002_lr.png"), "recording d/records100/00000/00002_lr");
  EXPECT_EQ(found(roots, "records100/00000/00001_lr.hea"), "recording d/records100/00000/00001_lr");
}

TEST_F(Resolving, NamesOfPtbxl) {
  touch("d/ptbxl_database.csv");
  touch("d/records100/12000/12345_lr.hea");
  touch("d/records500/12000/12345_hr.hea");
  touch("d/records100/00000/00007_lr.hea");
  const Roots low{{}, {root("d")}, 100}, high{{}, {root("d")}, 500};
  for (const char* name : {"ptb-xl/records500/12000/12345_hr-0.png", "12345_hr.png", "12345_lr",
                           "12345", "x/12345_hr-0", "/old/records100/12000/12345_lr"}) {
    EXPECT_EQ(found(low, name), "recording d/records100/12000/12345_lr") << name;
    EXPECT_EQ(found(high, name), "recording d/records500/12000/12345_hr") << name;
  }
  EXPECT_EQ(found(low, "7"), "recording d/records100/00000/00007_lr");
  EXPECT_TRUE(has(refusal(high, "7"), "d/records500/00000/00007_hr.hea"));
  // A number in a folder is no ecg_id: other data sets number their records as well.
  EXPECT_TRUE(has(refusal(low, "code15/12345-0.png"), "was found nowhere"));
}

TEST_F(Resolving, NamesOfMimic) {
  write_file(folder_ / "m/record_list.csv",
             "subject_id,study_id,file_name,ecg_time,path\n10000032,40689238,40689238,2180-07-23 "
             "08:44:00,files/p1000/p10000032/s40689238/40689238\n");
  touch("m/files/p1000/p10000032/s40689238/40689238.hea");
  const Roots roots{{}, {root("m")}};
  for (const char* name : {"mimic_iv/files/p1000/p10000032/s40689238/40689238-0.png",
                           "mimic_iv/40689238-0.png", "40689238", "40689238.hea"})
    EXPECT_EQ(found(roots, name), "recording m/files/p1000/p10000032/s40689238/40689238") << name;
  EXPECT_TRUE(
      has(refusal(roots, "mimic_iv/40689239-0.png"), "record_list.csv (study_id 40689239)"));
}

TEST_F(Resolving, OtherFoldersByEndAndByStem) {
  touch("c/georgia/g1/E00001.hea");
  touch("c/cpsc/A0001.hea");
  touch("c/cpsc/A-7.hea");
  const Roots roots{{}, {root("c")}};
  EXPECT_EQ(found(roots, "ga/georgia/g1/E00001-0.png"), "recording c/georgia/g1/E00001");
  EXPECT_EQ(found(roots, "somewhere/E00001-12.png"), "recording c/georgia/g1/E00001");
  EXPECT_EQ(found(roots, "A0001"), "recording c/cpsc/A0001");
  EXPECT_EQ(found(roots, "A-7.png"), "recording c/cpsc/A-7");
  EXPECT_TRUE(has(refusal(roots, "georgia/E00002-0.png"),
                  "f.json: item 3: the image 'georgia/E00002-0.png' was found nowhere"));
  EXPECT_TRUE(has(refusal({{}, {}}, "georgia/E00002-0.png"), "tried no folder"));
}

TEST_F(Resolving, ANameThatFitsTwiceIsRefused) {
  touch("c/a/E1.hea");
  touch("c/b/E1.hea");
  touch("p/x.png");
  touch("q/x.png");
  const Roots roots{{root("p"), root("q")}, {root("c")}};
  EXPECT_EQ(found(roots, "b/E1-0.png"), "recording c/b/E1");
  EXPECT_TRUE(has(refusal(roots, "c/E1.png"), "c/a/E1 or"));
  EXPECT_TRUE(has(refusal(roots, "other/x.png"), "p/x.png or"));
  EXPECT_EQ(found(roots, "x.png"), "picture p/x.png");
}

TEST_F(Resolving, RootsMustBeFolders) {
  touch("file");
  EXPECT_TRUE(
      has(error_of(ExitCode::data, [&] { Resolver({{root("file")}, {}}); }), "data.image_roots"));
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { Resolver({{}, {root("none")}}); }),
                  "data.recording_roots"));
}

}  // namespace
}  // namespace ecg_lora::instruct
