// Where this process stands, as torchrun or Slurm says.
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string_view>

#include "ecg_lora/base/error.h"
#include "ecg_lora/train/distributed/group.h"

namespace ecg_lora::distributed {
namespace {

std::optional<std::string> variable(const char* name) {
  const char* value = std::getenv(name);
  return value && *value ? std::optional<std::string>(value) : std::nullopt;
}

std::string needed(const char* name, const char* why) {
  const auto value = variable(name);
  if (!value)
    throw_usage("environment variable ", name, " is not set, but ", why,
                "; start with torchrun --no-python, or unset the others");
  return *value;
}

int number(const char* name, const std::string& text) {
  int value = 0;
  const auto end = text.data() + text.size();
  if (const auto [at, error] = std::from_chars(text.data(), end, value);
      error != std::errc() || at != end || value < 0)
    throw_usage("environment variable ", name, " is '", text,
                "', expected a number from 0 on; start with torchrun or srun");
  return value;
}

int number_or(const char* name, int otherwise) {
  const auto value = variable(name);
  return value ? number(name, *value) : otherwise;
}

/// MASTER_PORT, or `otherwise` if it is not set.
int port_number(const std::optional<std::string>& text, int otherwise) {
  constexpr int last = 65535;
  const int port = text ? number("MASTER_PORT", *text) : otherwise;
  if (port < 1 || port > last)
    throw_usage("environment variable MASTER_PORT is ", port, ", expected a port from 1 to ", last,
                "; start with torchrun or srun");
  return port;
}

/// First host of Slurm's list: "gpu[03-07,9],x1" is gpu03.
std::string first_host(const std::string& list) {
  const auto open = list.find('['), comma = list.find(',');
  if (open == std::string::npos || comma < open) return list.substr(0, comma);
  const auto close = list.find_first_of("-,]", open);
  return list.substr(0, open) + list.substr(open + 1, close - open - 1);
}

LaunchEnvironment torchrun_environment() {
  const auto why = "WORLD_SIZE is";
  LaunchEnvironment launch;
  launch.ranks = number("WORLD_SIZE", needed("WORLD_SIZE", why));
  launch.rank = number("RANK", needed("RANK", why));
  launch.local_rank = number_or("LOCAL_RANK", 0);
  if (launch.ranks > 1) {
    launch.host = needed("MASTER_ADDR", why);
    launch.port = port_number(needed("MASTER_PORT", why), 0);
  }
  launch.hosted = variable("TORCHELASTIC_USE_AGENT_STORE") == "True";
  launch.attempt = number_or("TORCHELASTIC_RESTART_COUNT", 0);
  return launch;
}

LaunchEnvironment slurm_environment() {
  constexpr int first_port = 29500, ports = 1000;
  const auto why = "SLURM_STEP_NUM_TASKS is";
  LaunchEnvironment launch;
  launch.ranks = number("SLURM_STEP_NUM_TASKS", needed("SLURM_STEP_NUM_TASKS", why));
  launch.rank = number("SLURM_PROCID", needed("SLURM_PROCID", why));
  launch.local_rank = number_or("SLURM_LOCALID", 0);
  if (launch.ranks > 1) {
    launch.host = variable("MASTER_ADDR").value_or("");
    if (launch.host.empty()) launch.host = first_host(needed("SLURM_STEP_NODELIST", why));
    launch.port =
        port_number(variable("MASTER_PORT"), first_port + number_or("SLURM_JOB_ID", 0) % ports);
  }
  launch.attempt = number_or("SLURM_RESTART_COUNT", 0);
  return launch;
}

}  // namespace

LaunchEnvironment launch_environment() {
  LaunchEnvironment launch;
  if (variable("WORLD_SIZE"))
    launch = torchrun_environment();
  else if (variable("SLURM_STEP_NUM_TASKS"))
    launch = slurm_environment();
  if (launch.ranks < 1 || launch.rank >= launch.ranks)
    throw_usage("this process is rank ", launch.rank, " of ", launch.ranks,
                ", expected a rank below the number of ranks; start with torchrun or srun");
  return launch;
}

}  // namespace ecg_lora::distributed
