#include "ecg_lora/base/hash.h"

#include "base/expect_error.h"
#include "ecg_lora/base/file.h"

namespace ecg_lora {
namespace {

// The examples of FIPS 180-4.
TEST(Sha256, PublishedVectors) {
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, PiecesEqualTheWhole) {
  const std::string text(300, 'q');
  for (const std::size_t piece : {1, 55, 56, 63, 64, 65, 128, 299}) {
    Sha256 hash;
    for (std::size_t at = 0; at < text.size(); at += piece)
      hash.update(std::string_view(text).substr(at, piece));
    EXPECT_EQ(hash.digest(), sha256(text)) << piece;
  }
}

TEST(Sha256, OfAFile) {
  const testing::TemporaryFolder folder;
  const std::string bytes((1 << 20) + 7, 'z');
  write_file(folder / "f", bytes);
  EXPECT_EQ(sha256_file(folder / "f"), sha256(bytes));
  testing::error_of(ExitCode::data, [&] { sha256_file(folder / "none"); });
}

}  // namespace
}  // namespace ecg_lora
