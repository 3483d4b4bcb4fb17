// Work in pieces that the processes of a group share. Its result is that of one process.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ecg_lora/base/error.h"
#include "ecg_lora/train/distributed/group.h"

namespace ecg_lora::distributed {

/// What a rank was given, by name.
using NamedValues = std::vector<std::pair<std::string, std::string>>;

/// A sentence that names what differs between the ranks, the same on all; empty if nothing does.
/// Collective.
std::string difference_of_ranks(Group& group, const NamedValues& given);

/// Ends a rank other than the first, quietly: the first says why.
struct RankEnded {
  ExitCode code;
};

/// Ranks that do a command together. All of them call the same members in the same order, and throw
/// only within a step or a piece. An Error of one ends all: the first rank throws it, the others
/// throw RankEnded. If a process is gone, each of the others throws the group's own Error.
class Team {
 public:
  explicit Team(std::shared_ptr<Group> group) : group_(std::move(group)) {}

  bool first() const { return group_->first(); }
  int rank() const { return group_->rank(); }
  int ranks() const { return group_->ranks(); }

  /// What `body` returns; on a rank that has RankEnded, the code of that.
  int run(const std::function<int()>& body) const;

  /// Every rank does `step`. If some fail, the Error is that of the lowest rank, which is named if
  /// it is not the first.
  void all(const std::function<void()>& step);
  /// The first rank does `step`; the others wait.
  void first_only(const std::function<void()>& step);
  /// The first rank's `value`, on all.
  std::int64_t of_first(std::int64_t value);

  /// Usage error unless `given` has the same values on all ranks.
  void compare(const NamedValues& given);

  /// Pieces from `begin` to `end`, in turn among the ranks: `work` makes the text of piece i on
  /// rank (i - begin) % ranks(), and `keep` takes the texts on the first rank, in order. A failing
  /// piece ends all after the pieces before it were kept, as it does for one process. A rank is at
  /// most a few pieces ahead of what was exchanged.
  void share(std::int64_t begin, std::int64_t end,
             const std::function<std::string(std::int64_t)>& work,
             const std::function<void(std::int64_t, const std::string&)>& keep);

 private:
  class Round;
  struct Outcome;
  Round start(Outcome mine);

  std::shared_ptr<Group> group_;
  std::int64_t rounds_ = 0;  ///< so far, the same on all ranks
};

}  // namespace ecg_lora::distributed
