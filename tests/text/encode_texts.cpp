// Tokens and their time for many texts: encode_texts FOLDER TEXTS IDS [ROUNDS]. TEXTS holds a
// 32-bit count of bytes before each text. IDS gets, for each text, its count of ids and the ids, 32
// bits each. Prints the least processor time of ROUNDS passes over all texts, in seconds.
#include <charconv>
#include <cstring>
#include <ctime>
#include <iostream>
#include <limits>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/file.h"
#include "ecg_lora/base/run.h"
#include "ecg_lora/text/tokenizer.h"

namespace {

using namespace ecg_lora;

double seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

std::vector<std::string_view> texts_in(std::string_view file) {
  std::vector<std::string_view> texts;
  while (file.size() >= 4) {
    std::uint32_t size = 0;
    std::memcpy(&size, file.data(), 4);
    if (size > file.size() - 4)
      throw_data("a text of ", size, " bytes does not fit the file of texts; write it again");
    texts.push_back(file.substr(4, size));
    file.remove_prefix(4 + size);
  }
  return texts;
}

int run(int argc, char** argv) {
  if (argc < 4)
    throw_usage("expected a tokenizer folder, a file of texts and a file for ids, got ", argc - 1,
                " arguments; name all three");
  const auto tokenizer = text::load_tokenizer(argv[1]);
  const auto file = read_file(argv[2]);
  const auto texts = texts_in(file);
  std::string out;
  for (const auto text : texts) {
    const auto ids = tokenizer->encode(text);
    std::vector<std::uint32_t> values(1, static_cast<std::uint32_t>(ids.size()));
    values.insert(values.end(), ids.begin(), ids.end());
    out.append(reinterpret_cast<const char*>(values.data()), values.size() * 4);
  }
  write_file(argv[3], out);
  double best = std::numeric_limits<double>::infinity();
  std::size_t count = 0;
  for (int round = argc > 4 ? std::atoi(argv[4]) : 0; round > 0; --round) {
    const double start = seconds();
    for (const auto text : texts) count += tokenizer->encode(text).size();
    best = std::min(best, seconds() - start);
  }
  if (count > 0) std::cout << best << '\n';
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return ecg_lora::guarded([&] { return run(argc, argv); });
}
