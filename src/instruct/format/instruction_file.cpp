#include "ecg_lora/instruct/format/instruction_file.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/interrupt.h"
#include "ecg_lora/base/parallel.h"
#include "ecg_lora/base/progress.h"
#include "input.h"
#include "scanner.h"

namespace ecg_lora::instruct {

/// An item as the scanner found it, and what the check made of it.
struct Candidate {
  Span span;
  std::uint32_t number = 0;
  IndexEntry entry;
  std::set<std::string> unread = {};
};

namespace {

constexpr std::size_t kPiece = 4 << 20;         ///< bytes read at once
constexpr std::uint64_t kWorthABar = 64 << 20;  ///< bytes from which on progress is shown

std::string item_name(const std::filesystem::path& path, std::uint32_t number, std::uint64_t byte) {
  return cat(path.string(), ": item ", number, " at byte ", byte);
}

void check(const Input& input, const std::string& text, std::uint64_t text_begin,
           Candidate& candidate) {
  const auto& span = candidate.span;
  if (!span.problem.empty()) return;
  const auto within =
      span.begin >= text_begin && span.begin + span.length <= text_begin + text.size();
  const auto own = within ? std::string() : input.read(span.begin, span.length);
  const auto bytes = within ? std::string_view(text).substr(span.begin - text_begin, span.length)
                            : std::string_view(own);
  try {
    const auto item =
        parse_item(bytes, item_name(input.path(), candidate.number, span.begin), &candidate.unread);
    const auto& kinds = ecg_qa_types();
    const auto kind = std::find(kinds.begin(), kinds.end(), item.kind) - kinds.begin() + 1;
    candidate.entry = {span.begin,
                       image_key(item.images),
                       static_cast<std::uint32_t>(span.length),
                       candidate.number,
                       static_cast<std::uint16_t>(item.images.size()),
                       static_cast<std::uint8_t>(std::min<std::size_t>(item.turns.size(), 255)),
                       static_cast<std::uint8_t>(item.kind.empty() ? 0 : kind),
                       span.ascii,
                       text::has_system_and_image(item.turns)};
  } catch (const Error& error) {
    candidate.span.problem = error.what();
  }
}

/// The files below `folder` that may hold instructions.
std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (const auto extension = entry.path().extension();
        entry.is_regular_file() && (extension == ".json" || extension == ".jsonl"))
      files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  if (files.empty())
    throw_data("no .json and no .jsonl file in ", folder.string(),
               ", expected files of instruction samples; name their folder");
  return files;
}

}  // namespace

struct InstructionFile::State {
  State(const std::filesystem::path& path, OnBad bad) : input(path), on_bad(bad) {}

  Input input;
  OnBad on_bad;
  std::vector<IndexEntry> entries;
  std::vector<SkippedItem> skipped;
  UnreadContent unread;
  std::vector<Candidate> waiting;  ///< found, not yet checked
  std::uint32_t found = 0;

  void index(int threads) {
    Scanner scanner([&](Span&& span) {
      if (found == std::numeric_limits<std::uint32_t>::max())
        throw_data(input.path().string(), " holds more than ", found, " items; split it");
      waiting.push_back({std::move(span), found++, {}, {}});
    });
    std::optional<Progress> progress;
    if (input.size() >= kWorthABar)
      progress.emplace("indexing " + input.path().filename().string(),
                       static_cast<std::int64_t>(input.size() >> 20), "MiB");
    for (std::uint64_t at = 0; at < input.size() && scanner.broken().empty(); at += kPiece) {
      throw_if_interrupted("the indexing");
      const auto text = input.read(at, kPiece);
      scanner.feed(text);
      settle(text, at, threads);
      if (progress) progress->advance(static_cast<std::int64_t>(text.size() >> 20));
    }
    scanner.finish();
    settle("", 0, threads);
    if (!scanner.broken().empty())
      refuse(found, scanner.broken_at(),
             cat(input.path().string(), ": byte ", scanner.broken_at(), ": ", scanner.broken(),
                 "; after ", found, " whole items"));
    if (entries.empty())
      throw_data(input.path().string(), " holds no usable item (", skipped.size(), " were skipped)",
                 skipped.empty() ? "" : cat(", the first because ", skipped[0].reason),
                 "; name a file of instruction samples");
  }

  /// Checks what is waiting, in threads, and files it in the order of the file.
  void settle(const std::string& text, std::uint64_t begin, int threads) {
    constexpr std::size_t share = 64;
    parallel_for((waiting.size() + share - 1) / share, threads, [&](std::size_t k) {
      for (auto i = k * share; i < std::min(waiting.size(), (k + 1) * share); ++i)
        check(input, text, begin, waiting[i]);
    });
    for (auto& candidate : waiting) {
      if (candidate.span.problem.empty()) {
        entries.push_back(candidate.entry);
        unread.add(candidate.unread);
      } else {
        const auto name = item_name(input.path(), candidate.number, candidate.span.begin);
        const auto& problem = candidate.span.problem;
        refuse(candidate.number, candidate.span.begin,
               problem.starts_with(name) ? problem
                                         : cat(name, " ", problem, "; correct or remove it"));
      }
    }
    waiting.clear();
  }

  void refuse(std::uint32_t number, std::uint64_t byte, const std::string& reason) {
    if (on_bad == OnBad::stop) throw_data(reason);
    skipped.push_back({input.path().string(), number, byte, reason});
  }
};

OnBad parse_on_bad(const std::string& name) {
  if (name == "stop") return OnBad::stop;
  if (name == "skip") return OnBad::skip;
  throw_usage("on_bad_sample is '", name, "', expected stop or skip");
}

InstructionFile::InstructionFile(const std::filesystem::path& path, OnBad on_bad, int threads)
    : state_(std::make_unique<State>(path, on_bad)) {
  state_->index(threads);
}
InstructionFile::~InstructionFile() = default;
InstructionFile::InstructionFile(InstructionFile&&) noexcept = default;
InstructionFile& InstructionFile::operator=(InstructionFile&&) noexcept = default;

const std::filesystem::path& InstructionFile::path() const {
  return state_->input.path();
}
const std::vector<IndexEntry>& InstructionFile::entries() const {
  return state_->entries;
}
const std::vector<SkippedItem>& InstructionFile::skipped() const {
  return state_->skipped;
}
const UnreadContent& InstructionFile::unread() const {
  return state_->unread;
}
std::string InstructionFile::name(std::size_t i) const {
  return item_name(path(), entries()[i].number, entries()[i].begin);
}

InstructionItem InstructionFile::item(std::size_t i) const {
  const auto& entry = entries()[i];
  auto item = parse_item(state_->input.read(entry.begin, entry.length), name(i));
  if (image_key(item.images) != entry.images)
    throw_data(
        name(i),
        " is not what it was when the file was indexed; leave the file alone while it is in use");
  return item;
}

std::vector<std::filesystem::path> instruction_files(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path))
    throw_data(path.string(), ": no such file or folder of instruction samples; check the path");
  if (!std::filesystem::is_directory(path)) return {path};
  return files_below(path);
}

}  // namespace ecg_lora::instruct
