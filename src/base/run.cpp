#include "ecg_lora/base/run.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <exception>
#include <filesystem>
#include <new>
#include <string>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/output.h"
#include "ecg_lora/base/reproducible.h"

namespace ecg_lora {

namespace {

/// Foreign exceptions append stack traces; their first line is the message.
std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

int report(ExitCode code, const std::string& message) {
  log_error(message);
  return static_cast<int>(code);
}

int report_memory() {
  log_error(
      "out of memory; use a smaller batch or model, shorter texts, or a machine with more memory");
  return 1;
}

/// libtorch's allocators throw errors of their own, on the CPU and on a GPU.
bool is_out_of_memory(const std::string& text) {
  return text.find("can't allocate memory") != std::string::npos ||
         text.find("out of memory") != std::string::npos;
}

/// Freed memory is kept for the next record or page: given back, it costs a page fault for every 4
/// kB, most of the time of reading a record. These are the values that glibc comes to by itself
/// once large blocks have been freed.
void keep_freed_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
#endif
}

/// Runs the command, then checks that its results were written. A command that failed has already
/// said why.
int run_and_check(const std::function<int()>& command) {
  const int code = command();
  if (code == 0) check_output();
  return code;
}

}  // namespace

int guarded(const std::function<int()>& command) {
  open_standard_descriptors();
  watch_output();
  keep_freed_memory();
  ask_for_reproducible_products();
  try {
    return run_and_check(command);
  } catch (const OutputClosed&) {
    return static_cast<int>(ExitCode::done);
  } catch (const Error& error) {
    return report(error.code(), error.what());
  } catch (const std::filesystem::filesystem_error& error) {
    return report(ExitCode::data, first_line(error.what()));
  } catch (const std::bad_alloc&) {
    return report_memory();
  } catch (const std::exception& error) {
    if (is_out_of_memory(error.what())) return report_memory();
    log_error("internal error: " + first_line(error.what()) +
              "; please report it with the command that led to it");
  } catch (...) {
    log_error("internal error of unknown kind; please report it with the command that led to it");
  }
  return 1;
}

}  // namespace ecg_lora
