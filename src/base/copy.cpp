#include "ecg_lora/base/copy.h"

#include <cerrno>
#include <cstring>
#include <string>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"

namespace ecg_lora {

void copy_whole(const std::filesystem::path& from, const std::filesystem::path& to) {
  auto in = open_file(from);
  AtomicFile out(to);
  std::string buffer(1 << 20, '\0');
  errno = 0;
  while (in.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || in.gcount() > 0)
    out.write(buffer.data(), static_cast<std::size_t>(in.gcount()));
  if (in.bad())
    throw_data(from.string(), ": reading failed: ", std::strerror(errno), "; check the disk");
  out.commit();
}

}  // namespace ecg_lora
