#include "pulse.h"

#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/join.h"

namespace ecg_lora::distributed {
namespace {

using std::chrono::milliseconds, std::chrono::seconds, std::chrono::steady_clock;

constexpr auto kPulsePeriod = milliseconds(250);
constexpr auto kPulseWatch = seconds(2);  ///< without a beat: gone
constexpr auto kLastLook = seconds(3);    ///< for others to look, before the store goes
constexpr auto kStoreAnswer = seconds(10);
constexpr auto kSeenGone = "gone";

std::string beats_of(int rank) {
  return cat("pulse/", rank);
}
std::string looked(int rank) {
  return cat("looked/", rank);
}

}  // namespace

struct Pulse::State {
  State(c10::intrusive_ptr<c10d::Store> own, LaunchEnvironment environment)
      : store(std::move(own)), launch(std::move(environment)) {}

  void beat();
  std::string look();
  std::string watch();
  void wait_for_the_others();

  const c10::intrusive_ptr<c10d::Store> store;
  const LaunchEnvironment launch;
  std::mutex mutex;
  std::condition_variable changed;
  bool stop = false, ended = false;  ///< asked of the thread that beats; done by it
};

// A store whose process hangs never answers, so nothing joins a thread that asks it.
Pulse::Pulse(c10::intrusive_ptr<c10d::Store> store, LaunchEnvironment launch)
    : state_(std::make_shared<State>(std::move(store), std::move(launch))) {
  std::thread([state = state_] { state->beat(); }).detach();
}

Pulse::~Pulse() {
  std::unique_lock lock(state_->mutex);
  state_->stop = true;
  state_->changed.notify_all();
  state_->changed.wait_for(lock, seconds(1), [this] { return state_->ended; });
}

void Pulse::State::beat() {
  try {
    for (bool last = false; !last;) {
      store->add(beats_of(launch.rank), 1);
      std::unique_lock lock(mutex);
      last = changed.wait_for(lock, kPulsePeriod, [this] { return stop; });
    }
  } catch (const std::exception&) {  // the store is gone, which the next operation will show
  }
  const std::lock_guard lock(mutex);
  ended = true;
  changed.notify_all();
}

std::string Pulse::who_is_gone() {
  std::packaged_task<std::string()> look([state = state_] { return state->look(); });
  auto seen = look.get_future();
  std::thread(std::move(look)).detach();
  if (seen.wait_for(kStoreAnswer) == std::future_status::ready) return seen.get();
  return "rank 0, which holds their store, does not answer";
}

std::string Pulse::State::look() {
  try {
    // Ranks that are not next to it in a ring lose others that have seen it and left: what the
    // first to look has seen holds for all.
    if (!store->check({kSeenGone})) store->compareSet(kSeenGone, std::string(), watch());
    store->set(looked(launch.rank), std::vector<std::uint8_t>{1});
    const auto gone = store->get_to_str(kSeenGone);
    if (launch.rank == 0 && !launch.hosted) wait_for_the_others();
    return gone;
  } catch (const std::exception&) {
    return launch.hosted ? "the launcher, which holds their store, is gone"
                         : "rank 0, which holds their store, has ended";
  }
}

std::string Pulse::State::watch() {
  std::vector<std::int64_t> before;
  for (int rank = 0; rank < launch.ranks; ++rank) before.push_back(store->add(beats_of(rank), 0));
  std::this_thread::sleep_for(kPulseWatch);
  std::vector<std::string> gone;
  for (int rank = 0; rank < launch.ranks; ++rank)
    if (rank != launch.rank && store->add(beats_of(rank), 0) == before[std::size_t(rank)])
      gone.push_back(cat("rank ", rank));
  if (gone.empty()) return "all of them run, but a connection broke";
  return joined(gone) + (gone.size() == 1 ? " is gone" : " are gone");
}

/// Whoever comes after this process would find no store, and could not tell who ended first.
void Pulse::State::wait_for_the_others() {
  const auto end = steady_clock::now() + kLastLook;
  int left = 0;
  while (left < launch.ranks - 2 && steady_clock::now() < end) {
    std::this_thread::sleep_for(milliseconds(50));
    left = 0;
    for (int rank = 1; rank < launch.ranks; ++rank) left += store->check({looked(rank)}) ? 1 : 0;
  }
}

}  // namespace ecg_lora::distributed
