// Pieces of work that processes share: the order, failures, and processes that end.
#include "ecg_lora/train/distributed/shared_work.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "distributed/processes.h"
#include "ecg_lora/base/file.h"

namespace ecg_lora::distributed {
namespace {

using testing::in_processes;
namespace fs = std::filesystem;

/// A file of this test, which the first rank writes.
fs::path file_for(const std::string& name) {
  return fs::temp_directory_path() / cat("shared_work_test.", ::getpid(), ".", name);
}

std::string contents(const fs::path& file) {
  const auto text = fs::exists(file) ? read_file(file) : "";
  fs::remove(file);
  return text;
}

/// Runs `body` and writes the message of an Error behind what the file holds.
int reported(const std::shared_ptr<Group>& group, const fs::path& file,
             const std::function<void(Team&)>& body) {
  Team team(group);
  try {
    return team.run([&] { return body(team), 0; });
  } catch (const Error& error) {
    std::ofstream(file, std::ios::app) << "E " << error.what() << "\n";
    return static_cast<int>(error.code());
  }
}

/// Text of piece i: some are empty, one is longer than a part of the store.
std::string piece_text(std::int64_t i) {
  if (i % 5 == 3) return {};
  return std::string(i == 6 ? (std::size_t{3} << 20) + 1 : 3, static_cast<char>('a' + i)) + "\n";
}

std::string pieces(std::int64_t begin, std::int64_t end) {
  std::string text;
  for (auto i = begin; i < end; ++i) text += piece_text(i);
  return text;
}

TEST(SharedWork, IsKeptInOrderWhateverTheNumberOfRanks) {
  for (const int ranks : {1, 2, 3, 4})
    for (const std::int64_t begin : {0, 2, 20, 23}) {
      const auto file = file_for("order");
      const auto codes = in_processes(ranks, [&](const std::shared_ptr<Group>& group) {
        return reported(group, file, [&](Team& team) {
          std::ofstream out(team.first() ? file.string() : "/dev/null");
          team.share(
              begin, 23,
              [&](std::int64_t i) {
                if (i % 7 == group->rank())
                  std::this_thread::sleep_for(std::chrono::milliseconds(20));
                return piece_text(i);
              },
              [&](std::int64_t, const std::string& text) { out << text; });
        });
      });
      EXPECT_EQ(codes, std::vector<int>(static_cast<std::size_t>(ranks), 0))
          << ranks << " " << begin;
      EXPECT_EQ(contents(file), pieces(begin, 23)) << ranks << " " << begin;
    }
}

TEST(SharedWork, EndsAtTheFirstFailingPieceAsOneProcessDoes) {
  for (const int ranks : {1, 2, 3, 4})
    for (const std::int64_t broken : {0, 7, 12, 22}) {
      const auto file = file_for("broken");
      const auto codes = in_processes(ranks, [&](const std::shared_ptr<Group>& group) {
        return reported(group, file, [&](Team& team) {
          const auto work = [&](std::int64_t i) {
            // The later one may be seen first.
            if (i == broken) std::this_thread::sleep_for(std::chrono::milliseconds(50));
            if (i >= broken) throw_data("piece ", i, " is broken");
            return piece_text(i);
          };
          team.share(0, 23, work, [&](std::int64_t, const std::string& text) {
            std::ofstream(file, std::ios::app) << text;
          });
        });
      });
      EXPECT_EQ(codes, std::vector<int>(static_cast<std::size_t>(ranks), 3)) << ranks;
      EXPECT_EQ(contents(file), cat(pieces(0, broken), "E piece ", broken, " is broken\n"))
          << ranks;
    }
}

TEST(SharedWork, EndsWhereTheFirstRankCannotKeep) {
  for (const std::int64_t full : {0, 7, 22}) {
    const auto file = file_for("full");
    const auto codes = in_processes(3, [&](const std::shared_ptr<Group>& group) {
      return reported(group, file, [&](Team& team) {
        team.share(0, 23, piece_text, [&](std::int64_t i, const std::string& text) {
          if (i == full) throw_data("the disk is full");
          std::ofstream(file, std::ios::app) << text;
        });
      });
    });
    EXPECT_EQ(codes, (std::vector<int>{3, 3, 3}));
    EXPECT_EQ(contents(file), pieces(0, full) + "E the disk is full\n");
  }
}

TEST(SharedWork, AStepThatFailsOnOneRankEndsAllAndNamesIt) {
  for (const int rank : {0, 1}) {
    const auto file = file_for("step");
    const auto codes = in_processes(3, [&](const std::shared_ptr<Group>& group) {
      return reported(group, file, [&](Team& team) {
        team.all([&] {
          if (group->rank() >= rank) throw_checkpoint("no such folder");
        });
      });
    });
    EXPECT_EQ(codes, (std::vector<int>{4, 4, 4}));
    EXPECT_EQ(contents(file), rank == 0 ? "E no such folder\n" : "E rank 1: no such folder\n");
  }
}

TEST(SharedWork, KnowsWhatRanksWereGiven) {
  const auto file = file_for("given");
  const auto codes = in_processes(3, [&](const std::shared_ptr<Group>& group) {
    return reported(group, file, [&](Team& team) {
      if (team.of_first(7 + team.rank()) != 7) throw_numerics("not the first rank's value");
      team.compare({{"config", "same"}, {"model", "same"}});
      team.compare({{"config", "same"}, {"model", team.rank() == 2 ? "other" : "same"}});
    });
  });
  EXPECT_EQ(codes, (std::vector<int>{2, 2, 2}));
  EXPECT_EQ(contents(file).find("E rank 2 was given other things than rank 0 (model), "), 0u);
}

/// Rank `dead` of four ends at its third piece; what the others say.
void end_one(int dead) {
  const auto file = file_for("dead");
  const auto codes = in_processes(4, [&](const std::shared_ptr<Group>& group) {
    return reported(group, cat(file.string(), group->rank()), [&](Team& team) {
      std::ofstream kept(team.first() ? file.string() : "/dev/null");
      const auto work = [&](std::int64_t i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        if (i == 8 + dead) std::_Exit(9);
        return piece_text(i);
      };
      team.share(0, 400, work,
                 [&](std::int64_t, const std::string& text) { kept << text << std::flush; });
    });
  });
  const auto kept = contents(file);
  for (int rank = 0; rank < 4; ++rank) {
    const auto said = contents(cat(file.string(), rank));
    EXPECT_EQ(codes[static_cast<std::size_t>(rank)], rank == dead ? 9 : 75) << rank;
    if (rank == dead) continue;
    EXPECT_NE(said.find(cat("rank ", rank, " of 4 lost the others: ")), std::string::npos) << said;
    const auto who =
        dead == 0 ? "rank 0, which holds their store, has ended" : cat(": rank ", dead, " is gone");
    EXPECT_NE(said.find(who), std::string::npos) << said;
  }
  EXPECT_EQ(kept, pieces(0, 23).substr(0, kept.size()));
}

TEST(SharedWork, ADeadRankEndsTheOthersAndIsNamed) {
  end_one(0);
  end_one(2);
}

}  // namespace
}  // namespace ecg_lora::distributed
