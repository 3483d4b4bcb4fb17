#include "pulse.h"

#include <chrono>
#include <vector>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/join.h"

namespace ecg_lora::ranks {
namespace {

constexpr auto pulse_period = std::chrono::milliseconds(250);
constexpr auto pulse_watch = std::chrono::seconds(2);  ///< without a beat: gone
constexpr auto last_look = std::chrono::seconds(3);  ///< for others to look, before the store goes

constexpr auto seen_gone = "gone";

std::string beats_of(int rank) {
  return cat("pulse/", rank);
}
std::string looked(int rank) {
  return cat("looked/", rank);
}

}  // namespace

Pulse::Pulse(c10::intrusive_ptr<c10d::Store> store, Place place)
    : store_(std::move(store)), place_(std::move(place)), thread_([this] { beat(); }) {}

Pulse::~Pulse() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Pulse::beat() {
  try {
    for (bool stop = false; !stop;) {
      store_->add(beats_of(place_.rank), 1);
      std::unique_lock lock(mutex_);
      stop = changed_.wait_for(lock, pulse_period, [this] { return stop_; });
    }
  } catch (const std::exception&) {  // the store is gone, which the next operation will show
  }
}

std::string Pulse::who_is_gone() {
  try {
    // Ranks that are not next to it in a ring lose others that have seen it and left: what the
    // first to look has seen holds for all.
    if (!store_->check({seen_gone})) store_->compareSet(seen_gone, std::string(), watch());
    store_->set(looked(place_.rank), std::vector<std::uint8_t>{1});
    if (place_.rank == 0 && !place_.hosted) wait_for_the_others();
    return store_->get_to_str(seen_gone);
  } catch (const std::exception&) {
    return place_.hosted ? "the launcher, which holds their store, is gone"
                         : "rank 0, which holds their store, has ended";
  }
}

std::string Pulse::watch() {
  std::vector<std::int64_t> before;
  for (int rank = 0; rank < place_.ranks; ++rank) before.push_back(store_->add(beats_of(rank), 0));
  std::this_thread::sleep_for(pulse_watch);
  std::vector<std::string> gone;
  for (int rank = 0; rank < place_.ranks; ++rank)
    if (rank != place_.rank && store_->add(beats_of(rank), 0) == before[std::size_t(rank)])
      gone.push_back(cat("rank ", rank));
  if (gone.empty()) return "all of them run, but a connection broke";
  return joined(gone) + (gone.size() == 1 ? " is gone" : " are gone");
}

/// Whoever comes after this process would find no store, and could not tell who ended first.
void Pulse::wait_for_the_others() {
  const auto end = std::chrono::steady_clock::now() + last_look;
  int left = 0;
  while (left < place_.ranks - 2 && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    left = 0;
    for (int rank = 1; rank < place_.ranks; ++rank) left += store_->check({looked(rank)}) ? 1 : 0;
  }
}

}  // namespace ecg_lora::ranks
