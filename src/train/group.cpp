#include "ecg_lora/train/group.h"

#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/log.h"
#include "group_nccl.h"

namespace ecg_lora::train {
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
    };
    return std::make_unique<Done>();
  }
  void barrier() override {}
};

/// First line of a message of libtorch's, without its stack.
std::string first_line(const std::exception& error) {
  const std::string text = error.what();
  return text.substr(0, text.find('\n'));
}

class Together : public Group {
 public:
  Together(const Place& place, c10::intrusive_ptr<c10d::Backend> backend, at::DeviceType carried)
      : place_(place), backend_(std::move(backend)), carried_(carried) {}

  int rank() const override { return place_.rank; }
  int ranks() const override { return place_.ranks; }

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
    pending->carried = flat.device().type() == carried_ ? flat : at::empty_like(flat, flat.options().device(carried_));
    pending->piece = piece.to(carried_).flatten();
    guarded([&] { pending->work = backend_->_allgather_base(pending->carried, pending->piece); });
    return pending;
  }

  void barrier() override {
    wait_for([&] { return backend_->barrier(); });
  }

 private:
  struct Gathering : Pending {
    Gathering(const Together& from, at::Tensor to) : group(from), whole(std::move(to)) {}
    void wait() override {
      if (!work) return;
      group.guarded([&] { work->wait(); });
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
    } catch (const std::exception& error) {
      throw Error(ExitCode::interrupted, cat("rank ", place_.rank, " of ", place_.ranks, " lost the others (", first_line(error),
                                             "); see which process ended first and why, then start all again with --resume"));
    }
  }

  template <class Start>
  void wait_for(const Start& start) const {
    guarded([&] { start()->wait(); });
  }

  const Place place_;
  c10::intrusive_ptr<c10d::Backend> backend_;
  const at::DeviceType carried_;
};

c10::intrusive_ptr<c10d::Store> open_store(const Place& place, std::chrono::seconds patience) {
  c10d::TCPStoreOptions options;
  options.port = static_cast<std::uint16_t>(place.port);
  options.isServer = place.rank == 0 && !place.hosted;
  options.timeout = patience;
  const auto store = c10::make_intrusive<c10d::TCPStore>(place.host, options);
  return c10::make_intrusive<c10d::PrefixStore>(cat("ecg-lora/", place.attempt), store);
}

}  // namespace

std::shared_ptr<Group> alone() { return std::make_shared<Alone>(); }

std::shared_ptr<Group> join_group(const Place& place, at::Device device, std::chrono::seconds patience) {
  if (place.ranks == 1) return alone();
  try {
    const auto store = open_store(place, patience);
    if (device.is_cuda()) {
      if (const auto nccl = nccl_backend(store, place.rank, place.ranks, patience)) return std::make_shared<Together>(place, nccl, at::kCUDA);
      if (place.rank == 0) log_warn("this build has no NCCL, so that gradients are summed through the CPU; build with NCCL's headers at hand for full speed");
    }
    const auto options = c10d::ProcessGroupGloo::Options::create_default(patience);
    return std::make_shared<Together>(place, c10::make_intrusive<c10d::ProcessGroupGloo>(store, place.rank, place.ranks, options), at::kCPU);
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    throw Error(ExitCode::interrupted, cat("rank ", place.rank, " of ", place.ranks, " did not find the others at ", place.host, ":", place.port, " within ",
                                           patience.count(), " s (", first_line(error), "); check that all were started and that the port is free"));
  }
}

}  // namespace ecg_lora::train
