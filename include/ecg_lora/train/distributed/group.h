// The processes that work together, under torchrun or Slurm.
#pragma once

#include <ATen/ATen.h>

#include <chrono>
#include <memory>
#include <string>

namespace ecg_lora::distributed {

/// Where this process stands among those that were started together.
struct LaunchEnvironment {
  int rank = 0, ranks = 1;
  int local_rank = 0;  ///< on this machine; the number of its GPU
  std::string host;    ///< of rank 0's store
  int port = 0;
  bool hosted = false;  ///< the launcher holds the store, rank 0 does not
  int attempt = 0;      ///< how often the launcher has started the processes again
};

/// From torchrun's environment (RANK, WORLD_SIZE, LOCAL_RANK, MASTER_ADDR, MASTER_PORT,
/// TORCHELASTIC_…), else from Slurm's, within a job step (SLURM_PROCID, SLURM_STEP_NUM_TASKS,
/// SLURM_LOCALID, and the first of SLURM_STEP_NODELIST, with a port from SLURM_JOB_ID), else alone.
/// Usage error if variables contradict each other or are missing.
LaunchEnvironment launch_environment();

/// Collective operations, called by all ranks in the same order. Each throws an Error
/// (ExitCode::interrupted) if a process is gone or does not answer in time: the run can be
/// resumed.
class Group {
 public:
  virtual ~Group() = default;
  virtual int rank() const = 0;
  virtual int ranks() const = 0;
  bool first() const { return rank() == 0; }

  /// The sum over ranks, in place, the same bits on each. `tensor` has the same shape on all and is
  /// contiguous.
  virtual void sum(at::Tensor tensor) = 0;
  /// A gather() that may still be under way: call wait() before reading its `whole`.
  class Pending {
   public:
    virtual ~Pending() = default;
    virtual void wait() = 0;
    /// Whether `wait` would return at once.
    virtual bool ready() const = 0;
  };
  /// Each rank's `piece` [...] in the order of ranks, into `whole` [ranks(), ...].
  virtual std::unique_ptr<Pending> gather(at::Tensor whole, at::Tensor piece) = 0;
  /// Returns once all ranks have called it.
  virtual void barrier() = 0;

  /// Leaves `text` where every rank finds it under `name`, which must be new. Not collective.
  virtual void leave_text(const std::string& name, const std::string& text) = 0;
  /// The text of `size` bytes that some rank has left under `name`, which is then gone.
  virtual std::string take_text(const std::string& name, std::size_t size) = 0;
};

/// Joins the others of `launch`; alone if it has one rank. `device` is where tensors will be:
/// gloo carries those of the CPU; those of a GPU go by NCCL if this build has it, else through
/// the CPU. `patience` is how long joining, and then each operation, waits for the other ranks.
/// If one is gone, the Error of an operation names it.
std::shared_ptr<Group> join_group(const LaunchEnvironment& launch, at::Device device,
                                  std::chrono::seconds patience);
/// The same with another patience for operations than for joining.
std::shared_ptr<Group> join_group(const LaunchEnvironment& launch, at::Device device,
                                  std::chrono::seconds joining, std::chrono::seconds operation);

/// One process.
std::shared_ptr<Group> single_process();

}  // namespace ecg_lora::distributed
