// FLAC-compressed signal files, made here with libFLAC's encoder.
#include <FLAC/stream_encoder.h>

#include "wfdb/scratch.h"

namespace ecg_lora::wfdb {
namespace {

using namespace testing;

FLAC__StreamEncoderWriteStatus append(const FLAC__StreamEncoder*, const FLAC__byte bytes[],
                                      std::size_t size, unsigned, unsigned, void* out) {
  static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(bytes), size);
  return FLAC__STREAM_ENCODER_WRITE_STATUS_OK;
}

/// Interleaved samples, in blocks of 16.
std::string encode(unsigned bits, unsigned channels, const std::vector<FLAC__int32>& samples) {
  std::string out;
  FLAC__StreamEncoder* encoder = FLAC__stream_encoder_new();
  FLAC__stream_encoder_set_channels(encoder, channels);
  FLAC__stream_encoder_set_bits_per_sample(encoder, bits);
  FLAC__stream_encoder_set_sample_rate(encoder, 96000);
  FLAC__stream_encoder_set_blocksize(encoder, 16);
  FLAC__stream_encoder_init_stream(encoder, append, nullptr, nullptr, nullptr, &out);
  FLAC__stream_encoder_process_interleaved(encoder, samples.data(),
                                           static_cast<unsigned>(samples.size()) / channels);
  FLAC__stream_encoder_finish(encoder);
  FLAC__stream_encoder_delete(encoder);
  return out;
}

/// 48 samples of two signals: i, -3 i.
const std::vector<FLAC__int32>& ramp() {
  static const auto kSamples = [] {
    std::vector<FLAC__int32> all;
    for (int i = 0; i < 48; ++i) all.insert(all.end(), {i, -3 * i});
    return all;
  }();
  return kSamples;
}
const std::string kHeader =
    "r 2 100 48\nr.dat 516 1/mV 16 0 0 1128 0 I\nr.dat 516 1/mV 16 0 0 -3384 0 II\n";

TEST(Flac, ReadsEachResolution) {
  EXPECT_EQ(values(read({{"r.hea", "r 1 100\nr.dat 508 1\n"},
                         {"r.dat", encode(8, 1, {1, -2, 127, -128})}})),
            (Values{{1, -2, 127, -9999}}));
  EXPECT_EQ(values(read({{"r.hea", "r 2 100 2\nr.dat 524 1\nr.dat 524 1\n"},
                         {"r.dat", encode(24, 2, {1, -2, 8388607, -8388608})}})),
            (Values{{1, 8388607}, {-2, -9999}}));
  const Record record = read({{"r.hea", kHeader}, {"r.dat", encode(16, 2, ramp())}});
  EXPECT_EQ(record.leads[1].samples[47], -141);
}

TEST(Flac, LaysFramesOutAsOtherFilesDo) {
  const std::string data = encode(16, 2, ramp());
  const std::string lines = "r.dat 516x3+2 1\nr.dat 516x3 1\n";
  const Record record =
      read({{"r.hea", "r 2 100 2\n" + lines}, {"r.dat", data}}, {.smooth_frames = false});
  EXPECT_EQ(values(record), (Values{{2, 3, 4, 5, 6, 7}, {-6, -9, -12, -15, -18, -21}}))
      << "the offset counts samples";
  EXPECT_EQ(read({{"r.hea", "r 2 100\n" + lines}, {"r.dat", data}}).length(), 15u)
      << "46 samples are 15 whole frames";
}

TEST(Flac, RefusesOtherLayouts) {
  const std::string data = encode(16, 2, ramp());
  const auto error_with = [&](const std::string& header) {
    return error({{"r.hea", header}, {"r.dat", data}});
  };
  EXPECT_TRUE(has(error_with("r 1 100\nr.dat 516\n"),
                  "expected 1 channels, one per signal of the header, got 2"));
  EXPECT_TRUE(has(error_with("r 2 100\nr.dat 508\nr.dat 508\n"),
                  "expected samples of at most 8 bits, got 16"));
  EXPECT_TRUE(has(error_with("r 2 100\nr.dat 516x2\nr.dat 516\n"),
                  "2 and 1 samples a frame, expected the same"));
  EXPECT_TRUE(has(error_with("r 2 100 49\nr.dat 516\nr.dat 516\n"),
                  "expected 49 samples of 2 signals in format 516"));
  EXPECT_TRUE(has(error_with("r 2 100 9223372036854775807\nr.dat 516x3\nr.dat 516x3\n"),
                  "the file is truncated"));
  EXPECT_TRUE(has(error_with("r 2 100\nr.dat 516+4294967295\nr.dat 516\n"), "holds no sample"));
  EXPECT_TRUE(has(error({{"r.hea", kHeader}, {"r.dat", "RIFF"}}), "r.dat: expected a FLAC file"));
}

TEST(Flac, CutAnywhereIsAnError) {
  const std::string data = encode(16, 2, ramp());
  for (std::size_t size = 0; size < data.size(); ++size) {
    EXPECT_TRUE(has(error({{"r.hea", kHeader}, {"r.dat", data.substr(0, size)}}), "r.dat: "))
        << size;
  }
}

TEST(Flac, AFlippedBitNeverChangesAValue) {
  const std::string data = encode(16, 2, ramp()), header = "r 2 100 48\nr.dat 516 1\nr.dat 516 1\n";
  const auto whole = values(read({{"r.hea", header}, {"r.dat", data}}));
  std::size_t refused = 0;
  for (std::size_t at = 0; at < data.size(); ++at) {
    std::string damaged = data;
    damaged[at] = static_cast<char>(damaged[at] ^ 1 << at % 8);
    try {
      EXPECT_EQ(values(read({{"r.hea", header}, {"r.dat", damaged}})), whole) << "byte " << at;
    } catch (const Error& error) {
      EXPECT_TRUE(has(error.what(), "r.dat: ")) << "byte " << at;
      ++refused;
    }
  }
  EXPECT_GT(refused, data.size() / 3) << "frames carry checksums";
}

/// A block of 65535 equal samples takes a dozen bytes.
TEST(Flac, ThatExpandsBeyondReasonIsRefused) {
  std::string out;
  FLAC__StreamEncoder* encoder = FLAC__stream_encoder_new();
  FLAC__stream_encoder_set_streamable_subset(encoder, false);
  FLAC__stream_encoder_set_channels(encoder, 1);
  FLAC__stream_encoder_set_bits_per_sample(encoder, 16);
  FLAC__stream_encoder_set_blocksize(encoder, 65535);
  FLAC__stream_encoder_init_stream(encoder, append, nullptr, nullptr, nullptr, &out);
  const std::vector<FLAC__int32> flat(65535, 5);
  for (int i = 0; i < 160; ++i)
    FLAC__stream_encoder_process_interleaved(encoder, flat.data(), 65535);
  FLAC__stream_encoder_finish(encoder);
  FLAC__stream_encoder_delete(encoder);
  ASSERT_GT(160u * 65535u, (1u << 22) + 2048 * out.size()) << "else this test shows nothing";
  EXPECT_TRUE(has(error({{"r.hea", "r 1 100\nr.dat 516\n"}, {"r.dat", out}}),
                  "more samples than a FLAC file of"));
}

}  // namespace
}  // namespace ecg_lora::wfdb
