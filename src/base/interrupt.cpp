#include "ecg_lora/base/interrupt.h"

#include <signal.h>
#include <unistd.h>

#include "ecg_lora/base/error.h"

namespace ecg_lora {

namespace {

volatile sig_atomic_t stop_requested = 0;

void on_signal(int) {
  // Temporaries that stay behind are removed by the next run that writes the same name (see
  // AtomicFile).
  if (stop_requested) _exit(static_cast<int>(ExitCode::interrupted));
  stop_requested = 1;
}

}  // namespace

void watch_interrupts() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGXCPU}) {
    struct sigaction before = {};
    const bool ignored = sigaction(number, nullptr, &before) == 0 && before.sa_handler == SIG_IGN;
    if (!ignored) sigaction(number, &action, nullptr);
  }
  signal(SIGXFSZ,
         SIG_IGN);  // a file at its size limit is then an error of the write, with a message
}

bool interrupted() {
  return stop_requested != 0;
}

void throw_if_interrupted(const char* what) {
  if (interrupted()) throw Error(ExitCode::interrupted, cat("stopped on request during ", what));
}

}  // namespace ecg_lora
