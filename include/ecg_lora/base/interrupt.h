// Signals that ask for a stop after the present step; a second one leaves at once.
#pragma once

namespace ecg_lora {

/// Installs the handlers of SIGINT, SIGTERM, SIGHUP (the terminal has closed), SIGUSR1 (clusters
/// announce the end of a job by it) and SIGXCPU (a limit of processor time). A signal that is
/// ignored already, as nohup does with SIGHUP, stays ignored. Ignores SIGXFSZ, so that exceeding a
/// limit of file size (ulimit -f) is an error of the write. Call once, before long work.
void watch_interrupts();

/// True once a stop was asked for.
bool interrupted();

/// Throws an Error with ExitCode::interrupted if a stop was asked for; `what` names the work
/// that was left.
void throw_if_interrupted(const char* what);

}  // namespace ecg_lora
