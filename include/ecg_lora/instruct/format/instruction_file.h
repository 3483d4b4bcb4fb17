// A file of instruction samples, indexed: items are read from the disk when they are asked for.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "ecg_lora/instruct/format/instruction_item.h"
#include "ecg_lora/instruct/format/unread.h"

namespace ecg_lora::instruct {

/// What to do about a sample that cannot be used.
enum class OnBad { stop, skip };

/// "stop" or "skip"; usage error for another.
OnBad parse_on_bad(const std::string& name);

/// A sample that was left out.
struct SkippedItem {
  std::string file;
  std::int64_t item = 0;   ///< counted from 0 in the file
  std::uint64_t byte = 0;  ///< where it begins
  std::string reason;
};

/// Where an item lies, and what batches need to know before it is read. 32 bytes, however long its
/// texts are.
struct IndexEntry {
  std::uint64_t begin = 0, images = 0;  ///< byte in the file; image_key()
  std::uint32_t length = 0;             ///< bytes
  std::uint32_t number = 0;             ///< of the item in the file, from 0
  std::uint16_t image_count = 0;
  std::uint8_t turns = 0;  ///< 255 for more
  std::uint8_t kind = 0;   ///< place in ecg_qa_types(), from 1; 0 if the item is none of ECG-QA
  bool ascii = true;       ///< no byte above 127 and no \u escape
  bool system_and_image = false;  ///< which not every prompt layout takes
};

/// The usable items of a file, in its order. Movable; const use is thread-safe.
class InstructionFile {
 public:
  /// Indexes `path`: a JSON list or JSON lines (known by the first byte), in one pass over the
  /// file in pieces. Every item is read once and checked. A bad one throws a data error that names
  /// file, item and byte (stop), or is left out and noted (skip); with skip, what follows a broken
  /// or cut list is noted as one. `threads` 0 is one per core. Data error if no item is left.
  InstructionFile(const std::filesystem::path& path, OnBad on_bad, int threads = 0);
  ~InstructionFile();
  InstructionFile(InstructionFile&&) noexcept;
  InstructionFile& operator=(InstructionFile&&) noexcept;

  const std::filesystem::path& path() const;
  const std::vector<IndexEntry>& entries() const;
  const std::vector<SkippedItem>& skipped() const;
  /// What usable items hold that is not read: for a warning.
  const UnreadContent& unread() const;
  /// "train.json: item 17 at byte 9000", for messages.
  std::string name(std::size_t i) const;
  /// The item of entries()[i], read now. Thread-safe. Data error if the file has changed since.
  InstructionItem item(std::size_t i) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The files that `path` stands for: itself, or every .json and .jsonl in a folder and below, in
/// the order of their names (ECG-QA comes so). Data error if there is none.
std::vector<std::filesystem::path> instruction_files(const std::filesystem::path& path);

}  // namespace ecg_lora::instruct
