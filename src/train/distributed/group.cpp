#include "ecg_lora/train/distributed/group.h"

#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include <c10/util/Logging.h>

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <map>
#include <optional>
#include <thread>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/log.h"
#include "group_nccl.h"
#include "pulse.h"

namespace ecg_lora::distributed {
namespace {

class Alone : public Group {
 public:
  int rank() const override { return 0; }
  int ranks() const override { return 1; }
  void sum(at::Tensor) override {}
  std::unique_ptr<Pending> gather(at::Tensor whole, at::Tensor piece) override {
    whole.view(-1).copy_(piece.view(-1));
    struct Done : Pending {
      void wait() override {}
      bool ready() const override { return true; }
    };
    return std::make_unique<Done>();
  }
  void barrier() override {}
  void leave_text(const std::string& name, const std::string& text) override {
    texts_[name] = text;
  }
  std::string take_text(const std::string& name, std::size_t) override {
    return std::move(texts_.extract(name).mapped());
  }

 private:
  std::map<std::string, std::string> texts_;
};

/// First line of a message of libtorch's, without its stack, the place in its source and its
/// advice.
std::string first_line(const std::exception& error) {
  std::string text = error.what();
  text = text.substr(0, text.find('\n'));
  const auto place_end = text.find("] ");
  if (text.starts_with("[/") && place_end != std::string::npos) text.erase(0, place_end + 2);
  return text.substr(0, text.find(". This is typically"));
}

/// libtorch prints a stack where a store ends, which the Error of an operation says in a sentence.
void quiet_store() {
  constexpr int only_errors = 2;
  if (!std::getenv("TORCH_CPP_LOG_LEVEL")) FLAGS_caffe2_log_level = only_errors;
}

constexpr auto kSlice = std::chrono::seconds(2);    ///< between two looks for a request to stop
constexpr auto kNotice = std::chrono::seconds(30);  ///< between two messages of a rank that waits
constexpr int kNotices = 60;                        ///< of such messages, at most
constexpr std::size_t kStorePart = 1 << 20;         ///< bytes of a text below one key
constexpr auto kGrace = std::chrono::seconds(4);    ///< for the others to come, once asked to stop

/// Says now and then who waits for whom and how long yet; stops if it is asked to.
class Waiting {
  using Clock = std::chrono::steady_clock;

 public:
  /// The first message comes after `first` seconds. A request to stop is followed after `wait`.
  Waiting(const LaunchEnvironment& launch, std::chrono::seconds patience,
          std::chrono::seconds first, std::chrono::seconds wait)
      : launch_(launch), left_(patience), first_(first), grace_(wait) {}
  /// To be called every now and then; whether there is time left.
  bool go_on() {
    using std::chrono::duration_cast;
    if (interrupted() && !asked_) asked_ = Clock::now();
    if (asked_ && Clock::now() - *asked_ >= grace_)
      throw Error(ExitCode::interrupted, cat("rank ", launch_.rank, " of ", launch_.ranks,
                                             " was stopped while it waited for the others"));
    const auto waited = duration_cast<std::chrono::seconds>(Clock::now() - start_);
    if (waited >= told_ + (told_ == told_.zero() ? first_ : std::max(kNotice, left_ / kNotices))) {
      told_ = waited;
      log_warn(cat("rank ", launch_.rank, " of ", launch_.ranks, " waits for the others at ",
                   launch_.host, ":", launch_.port, ", for ", (left_ - waited).count(), " s yet"));
    }
    return waited < left_;
  }

 private:
  const LaunchEnvironment& launch_;
  const std::chrono::seconds left_, first_, grace_;
  std::optional<Clock::time_point> asked_;
  std::chrono::seconds told_{0};
  const Clock::time_point start_ = Clock::now();
};

class Together : public Group {
 public:
  Together(const LaunchEnvironment& launch, c10::intrusive_ptr<c10d::Store> store,
           c10::intrusive_ptr<c10d::Backend> backend, at::DeviceType carried,
           std::chrono::seconds patience)
      : launch_(launch),
        store_(std::move(store)),
        backend_(std::move(backend)),
        carried_(carried),
        patience_(patience),
        pulse_(std::make_unique<Pulse>(store_->clone(), launch)) {}

  int rank() const override { return launch_.rank; }
  int ranks() const override { return launch_.ranks; }

  void sum(at::Tensor tensor) override {
    auto carried = tensor.to(carried_);
    std::vector<at::Tensor> all{carried};
    wait_for([&] { return backend_->allreduce(all); });
    if (!carried.is_same(tensor)) tensor.copy_(carried);
  }

  std::unique_ptr<Pending> gather(at::Tensor whole, at::Tensor piece) override {
    auto pending = std::make_unique<Gathering>(*this, whole);
    // gloo takes pieces of one shape only, whatever the shape of the whole.
    const auto flat = whole.view(-1);
    pending->carried = flat.device().type() == carried_
                           ? flat
                           : at::empty_like(flat, flat.options().device(carried_));
    pending->piece = piece.to(carried_).flatten();
    guarded([&] { pending->work = backend_->_allgather_base(pending->carried, pending->piece); });
    return pending;
  }

  void barrier() override {
    wait_for([&] { return backend_->barrier(); });
  }

  void leave_text(const std::string& name, const std::string& text) override {
    guarded([&] {
      for (std::size_t at = 0; at < text.size(); at += kStorePart) {
        const auto part = text.substr(at, kStorePart);
        store_->set(cat(name, "/", at), std::vector<std::uint8_t>(part.begin(), part.end()));
      }
    });
  }

  std::string take_text(const std::string& name, std::size_t size) override {
    std::string text;
    guarded([&] {
      while (text.size() < size) {
        const auto key = cat(name, "/", text.size());
        const auto part = store_->get(key);
        text.append(part.begin(), part.end());
        store_->deleteKey(key);
      }
    });
    return text;
  }

 private:
  struct Gathering : Pending {
    Gathering(const Together& from, at::Tensor to) : group(from), whole(std::move(to)) {}
    bool ready() const override { return !work || work->isCompleted(); }
    void wait() override {
      if (!work) return;
      group.guarded([&] { group.finish(*work); });
      work.reset();
      if (!carried.is_alias_of(whole)) whole.view(-1).copy_(carried);
    }
    const Together& group;
    at::Tensor whole, carried, piece;
    c10::intrusive_ptr<c10d::Work> work;
  };

  template <class Call>
  void guarded(const Call& call) const {
    try {
      call();
    } catch (const Error&) {
      leave();
      throw;
    } catch (const std::exception& error) {
      throw Error(ExitCode::interrupted,
                  cat("rank ", launch_.rank, " of ", launch_.ranks,
                      " lost the others: ", pulse_->who_is_gone(), " (", first_line(error),
                      "); see which process ended first and why, then start all again, training "
                      "with --resume"));
    }
  }

  template <class Start>
  void wait_for(const Start& start) const {
    guarded([&] { finish(*start()); });
  }

  /// Waits as long as libtorch does, and looks in between: a rank that hangs must not hold the
  /// others. NCCL's operations are waited for by the device, and end by its own watchdog.
  void finish(c10d::Work& work) const {
    if (carried_ != at::kCPU) return static_cast<void>(work.wait());
    Waiting waiting(launch_, patience_, std::max(kNotice, patience_ / kNotices), kGrace);
    while (!arrived(work)) waiting.go_on();
  }
  static bool arrived(c10d::Work& work) {
    try {
      return work.wait(kSlice);
    } catch (const std::exception&) {
      if (work.isCompleted()) throw;
      return false;  // after a slice without an end
    }
  }
  /// Leaves the operation in hand to itself: libtorch would wait for its end.
  void leave() const { static_cast<void>(new c10::intrusive_ptr<c10d::Backend>(backend_)); }

  const LaunchEnvironment launch_;
  const c10::intrusive_ptr<c10d::Store> store_;
  c10::intrusive_ptr<c10d::Backend> backend_;
  const at::DeviceType carried_;
  const std::chrono::seconds patience_;
  const std::unique_ptr<Pulse> pulse_;
};

/// Whether someone listens at an address, within a slice.
bool answers(const addrinfo& at) {
  const int socket = ::socket(at.ai_family, at.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket < 0) return false;
  int error = ::connect(socket, at.ai_addr, at.ai_addrlen) == 0 ? 0 : errno;
  pollfd ready{socket, POLLOUT, 0};
  socklen_t size = sizeof error;
  if (error == EINPROGRESS && ::poll(&ready, 1, 1000 * static_cast<int>(kSlice.count())) > 0)
    ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size);
  ::close(socket);
  return error == 0;
}

bool listens(const LaunchEnvironment& launch) {
  addrinfo wanted = {}, *found = nullptr;
  wanted.ai_socktype = SOCK_STREAM;
  if (::getaddrinfo(launch.host.c_str(), std::to_string(launch.port).c_str(), &wanted, &found) != 0)
    return false;
  bool any = false;
  for (const auto* at = found; at && !any; at = at->ai_next) any = answers(*at);
  ::freeaddrinfo(found);
  return any;
}

/// Returns once the store is there: libtorch's own connecting cannot be stopped.
void await_store(const LaunchEnvironment& launch, Waiting& waiting) {
  while (!listens(launch)) {
    if (!waiting.go_on()) throw std::runtime_error("no one listens there");
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
}

/// Returns once all ranks are here.
void meet(c10d::Store& store, const LaunchEnvironment& launch, Waiting& waiting) {
  store.set(cat("here/", launch.rank), std::vector<std::uint8_t>{1});
  std::vector<std::string> all;
  for (int rank = 0; rank < launch.ranks; ++rank) all.push_back(cat("here/", rank));
  while (!store.check(all)) {
    if (!waiting.go_on()) throw std::runtime_error("some did not come");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

c10::intrusive_ptr<c10d::Store> open_store(const LaunchEnvironment& launch,
                                           std::chrono::seconds patience) {
  quiet_store();
  c10d::TCPStoreOptions options;
  options.port = static_cast<std::uint16_t>(launch.port);
  options.isServer = launch.rank == 0 && !launch.hosted;
  Waiting waiting(launch, patience, kSlice, std::chrono::seconds(0));
  options.timeout = patience;
  if (!options.isServer) await_store(launch, waiting);
  const auto store = c10::make_intrusive<c10d::TCPStore>(launch.host, options);
  auto own = c10::make_intrusive<c10d::PrefixStore>(cat("ecg-lora/", launch.attempt), store);
  meet(*own, launch, waiting);
  return own;
}

}  // namespace

std::shared_ptr<Group> single_process() {
  return std::make_shared<Alone>();
}

std::shared_ptr<Group> join_group(const LaunchEnvironment& launch, at::Device device,
                                  std::chrono::seconds patience) {
  return join_group(launch, device, patience, patience);
}

std::shared_ptr<Group> join_group(const LaunchEnvironment& launch, at::Device device,
                                  std::chrono::seconds joining, std::chrono::seconds operation) {
  if (launch.ranks == 1) return single_process();
  try {
    const auto store = open_store(launch, joining);
    if (device.is_cuda()) {
      if (const auto nccl = nccl_backend(store, launch.rank, launch.ranks, operation))
        return std::make_shared<Together>(launch, store, nccl, at::kCUDA, operation);
      if (launch.rank == 0)
        log_warn(
            "this build has no NCCL, so that gradients are summed through the CPU; build with "
            "NCCL's headers at hand for full speed");
    }
    const auto options = c10d::ProcessGroupGloo::Options::create_default(operation);
    const auto gloo =
        c10::make_intrusive<c10d::ProcessGroupGloo>(store, launch.rank, launch.ranks, options);
    return std::make_shared<Together>(launch, store, gloo, at::kCPU, operation);
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    throw Error(ExitCode::interrupted,
                cat("rank ", launch.rank, " of ", launch.ranks, " did not find the others at ",
                    launch.host, ":", launch.port, " within ", joining.count(), " s (",
                    first_line(error), "); check that all were started and that the port is free"));
  }
}

}  // namespace ecg_lora::distributed
