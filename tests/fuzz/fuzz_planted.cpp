// The check of the check: a read past the end that fuzzing must find.
#include <cstddef>
#include <cstdint>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<std::uint8_t> bytes(data, data + size);
  if (size < 2 || bytes[0] != 'e' || bytes[1] != 'c') return 0;
  return bytes.data()[size] == 'g' ? -1 : 0;
}
