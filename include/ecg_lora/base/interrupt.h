// SIGINT and SIGTERM ask for a stop after the present step; a second one leaves at once.
#pragma once

namespace ecg_lora {

/// Installs the handlers. Call once, before long work. Also makes writing beyond a limit of file size (ulimit -f) an error instead of the end.
void watch_interrupts();

/// True once a stop was asked for.
bool interrupted();

/// Throws an Error with ExitCode::interrupted where a stop was asked for; `what` names the work that was left.
void throw_if_interrupted(const char* what);

}  // namespace ecg_lora
