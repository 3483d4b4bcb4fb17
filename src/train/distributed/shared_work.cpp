#include "ecg_lora/train/distributed/shared_work.h"

#include <algorithm>
#include <deque>
#include <optional>

#include "ecg_lora/base/hash.h"
#include "ecg_lora/base/join.h"

namespace ecg_lora::distributed {
namespace {

constexpr std::int64_t kAhead = 4;  ///< rounds that a rank may start before the others finish one

}  // namespace

/// What came of a rank's part of a round.
struct Team::Outcome {
  enum Kind : std::int64_t { nothing, text, failure } kind = nothing;
  ExitCode code = ExitCode::done;
  std::string words = {};  ///< the text, or the Error's message

  static Outcome of(const std::function<std::string()>& work) {
    try {
      return {text, ExitCode::done, work()};
    } catch (const Error& error) {
      return {failure, error.code(), error.what()};
    }
  }
};

/// Outcomes on their way between the ranks: their kinds and sizes are gathered, and their words,
/// whose size nobody knows before, go through the store.
class Team::Round {
 public:
  Round(std::shared_ptr<Group> group, std::int64_t number, Outcome mine)
      : group_(std::move(group)), number_(number), mine_(std::move(mine)) {
    const auto head = at::tensor({std::int64_t{mine_.kind}, static_cast<std::int64_t>(mine_.code),
                                  static_cast<std::int64_t>(mine_.words.size())},
                                 at::kLong);
    if (!group_->first()) group_->leave_text(name(group_->rank()), mine_.words);
    heads_ = at::empty({group_->ranks(), head.numel()}, at::kLong);
    pending_ = group_->gather(heads_, head);
  }

  bool ready() const { return pending_->ready(); }

  /// The outcomes in the order of ranks; their words only on the first.
  std::vector<Outcome> finish() {
    pending_->wait();
    const auto heads = heads_.accessor<std::int64_t, 2>();
    std::vector<Outcome> result;
    for (int rank = 0; rank < group_->ranks(); ++rank) {
      Outcome one{static_cast<Outcome::Kind>(heads[rank][0]),
                  static_cast<ExitCode>(heads[rank][1])};
      if (rank == group_->rank())
        one.words = mine_.words;
      else if (group_->first())
        one.words = group_->take_text(name(rank), static_cast<std::size_t>(heads[rank][2]));
      result.push_back(std::move(one));
    }
    return result;
  }

 private:
  std::string name(int rank) const { return cat("text/", number_, "/", rank); }

  std::shared_ptr<Group> group_;
  std::int64_t number_;
  Outcome mine_;
  at::Tensor heads_;
  std::unique_ptr<Group::Pending> pending_;
};

Team::Round Team::start(Outcome mine) {
  return Round(group_, rounds_++, std::move(mine));
}

int Team::run(const std::function<int()>& body) const {
  try {
    return body();
  } catch (const RankEnded& ended) {
    return static_cast<int>(ended.code);
  }
}

void Team::all(const std::function<void()>& step) {
  auto mine = Outcome::of([&] { return step(), std::string(); });
  const auto outcomes = start(std::move(mine)).finish();
  const auto failed = std::find_if(outcomes.begin(), outcomes.end(),
                                   [](const Outcome& one) { return one.kind == Outcome::failure; });
  if (failed == outcomes.end()) return;
  if (!first()) throw RankEnded{failed->code};
  const auto rank = failed - outcomes.begin();
  throw Error(failed->code, rank == 0 ? failed->words : cat("rank ", rank, ": ", failed->words));
}

void Team::first_only(const std::function<void()>& step) {
  all([&] {
    if (first()) step();
  });
}

std::int64_t Team::of_first(std::int64_t value) {
  const auto sum = at::full({1}, first() ? value : 0, at::kLong);
  group_->sum(sum);
  return sum.item<std::int64_t>();
}

void Team::compare(const NamedValues& given) {
  const auto difference = difference_of_ranks(*group_, given);
  all([&] {
    if (!difference.empty()) throw_usage(difference);
  });
}

std::string difference_of_ranks(Group& group, const NamedValues& given) {
  constexpr std::int64_t digest_size = 64;  // hexadecimal
  if (group.ranks() == 1) return {};
  const auto count = static_cast<std::int64_t>(given.size());
  std::string digests;
  for (const auto& [name, value] : given) digests += sha256(value);
  const auto mine = at::empty({count * digest_size}, at::kByte);
  std::copy(digests.begin(), digests.end(), mine.data_ptr<std::uint8_t>());
  const auto all = at::empty({group.ranks(), count * digest_size}, at::kByte);
  group.gather(all, mine)->wait();
  std::vector<std::string> differ;
  int other = 0;
  for (std::int64_t i = 0; i < count; ++i)
    for (int rank = 1; rank < group.ranks(); ++rank) {
      const auto piece = [&](int of) {
        return all[of].slice(0, i * digest_size, (i + 1) * digest_size);
      };
      if (at::equal(piece(0), piece(rank))) continue;
      differ.push_back(given[static_cast<std::size_t>(i)].first);
      other = rank;
      break;
    }
  if (differ.empty()) return {};
  return cat("rank ", other, " was given other things than rank 0 (", joined(differ),
             "), expected the same config, base and data on all ranks; start all with the same");
}

void Team::share(std::int64_t begin, std::int64_t end,
                 const std::function<std::string(std::int64_t)>& work,
                 const std::function<void(std::int64_t, const std::string&)>& keep) {
  const std::int64_t ranks = group_->ranks(), rounds = (end - begin + ranks - 1) / ranks;
  std::deque<Round> flying;
  std::optional<Outcome> over;  // the first failure in the order of pieces
  Outcome kept;                 // of the first rank, whose disk may be full
  std::int64_t started = 0, last = rounds;
  const auto mine = [&]() -> Outcome {
    const auto piece = begin + started * ranks + rank();
    if (kept.kind == Outcome::failure) return kept;
    if (over || piece >= end) return {};
    return Outcome::of([&] { return work(piece); });
  };
  const auto take = [&](std::int64_t piece, Outcome& one) {
    if (over || one.kind == Outcome::nothing) return;
    if (one.kind == Outcome::failure)
      over = std::move(one);
    else if (first() && kept.kind != Outcome::failure)
      kept = Outcome::of([&] { return keep(piece, one.words), std::string(); });
  };
  // All ranks start the same rounds, and finish each: nothing may be under way when one leaves.
  for (std::int64_t finished = 0; finished < last;) {
    if (started < last) flying.push_back(start(mine())), ++started;
    while (!flying.empty() &&
           (started == last || started - finished > kAhead || flying.front().ready())) {
      auto outcomes = flying.front().finish();
      for (std::int64_t i = 0; i < ranks; ++i)
        take(begin + finished * ranks + i, outcomes[static_cast<std::size_t>(i)]);
      flying.pop_front(), ++finished;
      // The furthest that a rank can be that has not seen this round.
      if (over) last = std::min(last, finished + kAhead);
    }
  }
  if (over && !first()) throw RankEnded{over->code};
  if (over) throw Error(over->code, over->words);
  all([&] {
    if (kept.kind == Outcome::failure) throw Error(kept.code, kept.words);
  });
}

}  // namespace ecg_lora::distributed
