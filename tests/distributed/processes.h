// Groups of processes in one test.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>

#include "ecg_lora/base/error.h"
#include "ecg_lora/train/distributed/group.h"

namespace ecg_lora::testing {

inline int free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size), 0);
  ::close(socket);
  return ntohs(address.sin_port);
}

/// Exit codes of `ranks` processes that each run `work` with their group.
inline std::vector<int> in_processes(
    int ranks, const std::function<int(const std::shared_ptr<distributed::Group>&)>& work) {
  distributed::LaunchEnvironment launch;
  launch.ranks = ranks;
  launch.host = "127.0.0.1";
  launch.port = free_port();
  std::vector<pid_t> children;
  for (int rank = 0; rank < ranks; ++rank) {
    const auto child = ::fork();
    if (child == 0) {
      ::signal(SIGPIPE, SIG_IGN);  // as guarded() does in every executable: a dead rank's socket is
                                   // an error, not the end
      launch.rank = rank;
      int code = 99;
      try {
        const auto group = distributed::join_group(launch, at::kCPU, std::chrono::seconds(20));
        code = work(group);
      } catch (const Error& error) {
        code = static_cast<int>(error.code());
      } catch (const std::exception& error) {
        std::fprintf(stderr, "rank %d: %s\n", rank, error.what());
      }
      std::_Exit(code);
    }
    children.push_back(child);
  }
  std::vector<int> codes;
  for (const auto child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    codes.push_back(WIFEXITED(status) ? WEXITSTATUS(status) : -1);
  }
  return codes;
}

}  // namespace ecg_lora::testing
