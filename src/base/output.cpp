#include "ecg_lora/base/output.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iostream>
#include <streambuf>
#include <string>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/printable.h"

namespace ecg_lora {

namespace {

constexpr std::size_t kBuffer = 1 << 14;  // bytes

/// Collects text and writes it to descriptor 1: a line at a time on a terminal, else when the
/// buffer is full.
class StandardOutput : public std::streambuf {
 public:
  StandardOutput() : lines_(isatty(STDOUT_FILENO) == 1) {}

  void take_bytes() { bytes_ = true; }

  /// errno of the first write that failed; 0 if none did.
  int failure() const { return failure_; }

 protected:
  int_type overflow(int_type c) override {
    if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
    const char byte = traits_type::to_char_type(c);
    return xsputn(&byte, 1) == 1 ? c : traits_type::eof();
  }

  std::streamsize xsputn(const char* text, std::streamsize size) override {
    pending_.append(text, static_cast<std::size_t>(size));
    const bool line = lines_ && std::memchr(text, '\n', static_cast<std::size_t>(size)) != nullptr;
    if (pending_.size() >= kBuffer || line) write_pending(false);
    return failure_ == 0 ? size : 0;
  }

  int sync() override {
    write_pending(true);
    return failure_ == 0 ? 0 : -1;
  }

 private:
  /// Keeps back a byte that may be the first of a control character, unless all must go.
  void write_pending(bool all) {
    std::string rest;
    if (!all && !pending_.empty() && pending_.back() == '\xc2') rest = "\xc2", pending_.pop_back();
    const auto text = bytes_ ? pending_ : printable(pending_);
    pending_ = rest;
    for (std::size_t done = 0; done < text.size() && failure_ == 0;) {
      const auto wrote = ::write(STDOUT_FILENO, text.data() + done, text.size() - done);
      if (wrote >= 0)
        done += static_cast<std::size_t>(wrote);
      else if (errno != EINTR)
        failure_ = errno;
    }
  }

  std::string pending_;
  bool lines_, bytes_ = false;
  int failure_ = 0;
};

StandardOutput* watched = nullptr;

}  // namespace

void open_standard_descriptors() {
  for (int descriptor = 0; descriptor <= 2; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) != -1 || errno != EBADF) continue;
    // The lowest free descriptor is taken, which is this one: those below it are open by now.
    [[maybe_unused]] const int opened = ::open("/dev/null", descriptor == 0 ? O_RDONLY : O_WRONLY);
  }
}

void watch_output() {
  ::signal(SIGPIPE, SIG_IGN);
  if (watched) return;
  std::cout.flush();
  watched = new StandardOutput;  // never destroyed: std::cout is flushed as the process exits
  std::cout.rdbuf(watched);
}

void write_output_unchanged() {
  std::cout.flush();
  if (watched) watched->take_bytes();
}

void check_output() {
  std::cout.flush();
  if (!watched || watched->failure() == 0) return;
  if (watched->failure() == EPIPE) throw OutputClosed();
  throw_data("standard output: cannot be written: ", std::strerror(watched->failure()),
             "; the results that it should hold are incomplete");
}

}  // namespace ecg_lora
