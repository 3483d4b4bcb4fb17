#include "ecg_lora/base/interrupt.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/expect_error.h"

namespace ecg_lora {
namespace {

/// Exit code of a child that runs `use`; signals of one test do not reach the next.
template <class F>
int exit_code_of(F use) {
  const pid_t child = fork();
  if (child == 0) {
    use();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Interrupt, FirstSignalAsksForAStop) {
  for (const int signal_number : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGXCPU}) {
    EXPECT_EQ(exit_code_of([&] {
                watch_interrupts();
                if (interrupted()) _exit(1);
                throw_if_interrupted("training");
                raise(signal_number);
                if (!interrupted()) _exit(2);
                try {
                  throw_if_interrupted("training");
                } catch (const Error& error) {
                  const bool named =
                      std::string(error.what()).find("training") != std::string::npos;
                  _exit(error.code() == ExitCode::interrupted && named ? 42 : 3);
                }
              }),
              42);
  }
}

TEST(Interrupt, WhatNohupIgnoresStaysIgnored) {
  EXPECT_EQ(exit_code_of([] {
              signal(SIGHUP, SIG_IGN);
              watch_interrupts();
              raise(SIGHUP);
              _exit(interrupted() ? 1 : 42);
            }),
            42);
}

TEST(Interrupt, SecondSignalLeavesAtOnce) {
  EXPECT_EQ(exit_code_of([] {
              watch_interrupts();
              raise(SIGINT);
              raise(SIGTERM);
            }),
            75);
}

}  // namespace
}  // namespace ecg_lora
