// Event files as TensorBoard reads them: frames, sums, and which numbers they hold.
#include "ecg_lora/train/logging/event_file.h"

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"
#include "masked_crc32c.h"

namespace ecg_lora::train {
namespace {

using ecg_lora::testing::error_of, ecg_lora::testing::has;

std::uint64_t number_at(const std::string& bytes, std::size_t place, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i-- > 0;)
    value = value << 8 | static_cast<unsigned char>(bytes[place + i]);
  return value;
}

/// The messages of a file of TFRecords, whose sums must be right.
std::vector<std::string> messages_of(const std::string& bytes) {
  std::vector<std::string> messages;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto size = number_at(bytes, at, 8);
    EXPECT_EQ(number_at(bytes, at + 8, 4), masked_crc32c(std::string_view(bytes).substr(at, 8)));
    messages.push_back(bytes.substr(at + 12, size));
    EXPECT_EQ(number_at(bytes, at + 12 + size, 4), masked_crc32c(messages.back()));
    at += 16 + size;
  }
  return messages;
}

std::string only_file(const std::filesystem::path& folder) {
  return read_file(std::filesystem::directory_iterator(folder)->path());
}

TEST(EventFile, MasksTheCastagnoliSum) {
  // RFC 3720 B.4: 32 bytes of zeros have CRC-32C 0x8a9136aa.
  const std::uint32_t crc = 0x8a9136aau;
  EXPECT_EQ(masked_crc32c(std::string(32, '\0')), (crc >> 15 | crc << 17) + 0xa282ead8u);
}

TEST(EventFile, HoldsTheNumbersOfAStepAndOfAValidation) {
  const ecg_lora::testing::TemporaryFolder folder;
  EventFile file(folder / "tensorboard", 4);
  file.add({{"step", 5}, {"loss", 0.5}, {"lr", 1e-4}, {"warning", "spike"}, {"skipped", false}});
  file.add({{"step", 5}, {"validation_auroc", 0.75}, {"auroc", {{"MI", 0.75}, {"CD", nullptr}}}});
  file.add({{"step", 6}, {"warning", "spike"}});  // no number: no event
  const auto messages = messages_of(only_file(folder / "tensorboard"));
  ASSERT_EQ(messages.size(), 4u);
  EXPECT_TRUE(has(messages[0], "brain.Event:2"));
  EXPECT_TRUE(has(messages[1], "\x10\x05"));  // what older files have from step 5 on is void
  for (const char* tag : {"train/loss", "train/lr"}) EXPECT_TRUE(has(messages[2], tag));
  EXPECT_TRUE(has(messages[3], "validation/auroc/MI"));
  EXPECT_FALSE(has(messages[3], "validation/auroc/CD"));
}

TEST(EventFile, SaysWhereItCannotBeWritten) {
  const ecg_lora::testing::TemporaryFolder folder;
  write_file(folder / "a", "");
  EXPECT_TRUE(has(error_of(ExitCode::data, [&] { EventFile(folder / "a", 0); }), "events.out"));
}

}  // namespace
}  // namespace ecg_lora::train
