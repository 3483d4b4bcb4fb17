// Any text as a file of instruction samples: its items are found whatever the pieces it comes in,
// each is read or refused with an ecg_lora::Error, and where nlohmann/json takes the whole text for
// a list, the items are its elements.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "ecg_lora/instruct/format/instruction_item.h"
#include "instruct/format/scanner.h"

namespace {

using ecg_lora::instruct::Scanner;
using ecg_lora::instruct::Span;

std::vector<Span> scan(std::string_view text, std::size_t piece, bool& broken) {
  std::vector<Span> spans;
  Scanner scanner([&](Span&& span) { spans.push_back(std::move(span)); });
  for (std::size_t at = 0; at < text.size(); at += piece) scanner.feed(text.substr(at, piece));
  scanner.finish();
  broken = !scanner.broken().empty();
  return spans;
}

void expect(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  bool broken = false, broken_in_pieces = false;
  const auto kSpans = scan(text, size + 1, broken), kPieces = scan(text, 3, broken_in_pieces);
  expect(broken == broken_in_pieces && kSpans.size() == kPieces.size());
  std::uint64_t past = 0;
  for (std::size_t i = 0; i < kSpans.size(); ++i) {
    expect(kSpans[i].begin >= past && kSpans[i].begin == kPieces[i].begin &&
           kSpans[i].length == kPieces[i].length && kSpans[i].problem == kPieces[i].problem);
    past = kSpans[i].begin + kSpans[i].length;
    expect(past <= size);
    if (!kSpans[i].problem.empty()) continue;
    try {
      std::set<std::string> unread;
      const auto item = ecg_lora::instruct::parse_item(
          text.substr(kSpans[i].begin, kSpans[i].length), "fuzz.json", &unread);
      std::size_t images = 0;
      for (const auto& turn : item.turns) images += static_cast<std::size_t>(turn.images);
      expect(images == item.images.size() && item.turns.back().role == "assistant");
    } catch (const ecg_lora::Error&) {
    }
  }
  if (text.find('\0') != std::string_view::npos)
    return 0;  // nlohmann/json ends there, whatever follows
  const auto kWhole = ecg_lora::Json::parse(text, nullptr, false);
  if (!kWhole.is_array()) return 0;
  expect(!broken && kSpans.size() == kWhole.size());
  for (std::size_t i = 0; i < kSpans.size(); ++i)
    expect(ecg_lora::Json::parse(text.substr(kSpans[i].begin, kSpans[i].length), nullptr, false) ==
           kWhole[i]);
  return 0;
}
