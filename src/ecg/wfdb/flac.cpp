#include "flac.h"

#include <FLAC/stream_decoder.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "ecg_lora/base/error.h"
#include "samples.h"

namespace ecg_lora::wfdb {
namespace {

/// What libFLAC's callbacks share. They never throw through C code: the first failure is kept in
/// `error`.
struct Stream {
  std::string_view bytes;
  const FlacLayout& layout;
  std::size_t read = 0;  ///< bytes handed to libFLAC
  std::size_t seen = 0;  ///< samples of each channel decoded, those before the offset included
  std::size_t wanted =
      0;  ///< samples of each channel that matter, those before the offset included
  std::vector<std::int32_t> samples = {};
  std::string error = {};

  void put(const FLAC__Frame& frame, const FLAC__int32* const channels[]);
  std::string check(unsigned channel_count, unsigned bits) const;
};

std::string Stream::check(unsigned channel_count, unsigned bits) const {
  if (channel_count != layout.channels) {
    return cat("expected ", layout.channels, " channels, one per signal of the header, got ",
               channel_count);
  }
  if (static_cast<int>(bits) > layout.bits) {
    return cat("expected samples of at most ", layout.bits, " bits, got ", bits);
  }
  return "";
}

void Stream::put(const FLAC__Frame& frame, const FLAC__int32* const channels[]) {
  const std::size_t block = std::min<std::size_t>(frame.header.blocksize, wanted - seen);
  const std::size_t per_frame = layout.samples_per_frame, count = layout.channels;
  const std::size_t first = std::max(layout.offset, seen) - seen;
  if (first < block) {
    const std::size_t frames = (seen + block - layout.offset + per_frame - 1) / per_frame;
    if (frames * per_frame * count > sample_allowance(bytes.size())) {
      error = cat("more samples than a FLAC file of ", bytes.size(), " bytes makes of a recording");
      return;
    }
    samples.resize(frames * per_frame * count);
  }
  for (std::size_t i = first; i < block; ++i) {
    const std::size_t at = seen + i - layout.offset;
    std::int32_t* out = samples.data() + at / per_frame * per_frame * count + at % per_frame;
    for (std::size_t c = 0; c < count; ++c) out[c * per_frame] = channels[c][i];
  }
  seen += block;
}

FLAC__StreamDecoderReadStatus on_read(const FLAC__StreamDecoder*, FLAC__byte buffer[],
                                      std::size_t* size, void* data) {
  Stream& stream = *static_cast<Stream*>(data);
  *size = std::min(*size, stream.bytes.size() - stream.read);
  std::memcpy(buffer, stream.bytes.data() + stream.read, *size);
  stream.read += *size;
  return *size > 0 ? FLAC__STREAM_DECODER_READ_STATUS_CONTINUE
                   : FLAC__STREAM_DECODER_READ_STATUS_END_OF_STREAM;
}

FLAC__StreamDecoderWriteStatus on_write(const FLAC__StreamDecoder*, const FLAC__Frame* frame,
                                        const FLAC__int32* const channels[], void* data) {
  Stream& stream = *static_cast<Stream*>(data);
  try {
    if (stream.error.empty())
      stream.error = stream.check(frame->header.channels, frame->header.bits_per_sample);
    if (stream.error.empty()) stream.put(*frame, channels);
  } catch (const std::bad_alloc&) {
    stream.error = "not enough memory for the samples";
  }
  return stream.error.empty() ? FLAC__STREAM_DECODER_WRITE_STATUS_CONTINUE
                              : FLAC__STREAM_DECODER_WRITE_STATUS_ABORT;
}

void on_metadata(const FLAC__StreamDecoder*, const FLAC__StreamMetadata* metadata, void* data) {
  Stream& stream = *static_cast<Stream*>(data);
  if (metadata->type != FLAC__METADATA_TYPE_STREAMINFO || !stream.error.empty()) return;
  stream.error =
      stream.check(metadata->data.stream_info.channels, metadata->data.stream_info.bits_per_sample);
}

void on_error(const FLAC__StreamDecoder*, FLAC__StreamDecoderErrorStatus status, void* data) {
  Stream& stream = *static_cast<Stream*>(data);
  if (stream.error.empty())
    stream.error = cat("damaged (", FLAC__StreamDecoderErrorStatusString[status], ")");
}

struct Delete {
  void operator()(FLAC__StreamDecoder* decoder) const { FLAC__stream_decoder_delete(decoder); }
};

/// Samples that `layout` asks for, those before its offset included. Saturates: no stream has more
/// than 2^36 samples.
std::size_t wanted_samples(const FlacLayout& layout) {
  constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
  if (!layout.frames || *layout.frames > (kAll - layout.offset) / layout.samples_per_frame)
    return kAll;
  return layout.offset + *layout.frames * layout.samples_per_frame;
}

/// Fills `stream.samples`, or `stream.error`.
void decode(Stream& stream, const std::string& origin) {
  const std::unique_ptr<FLAC__StreamDecoder, Delete> decoder(FLAC__stream_decoder_new());
  if (!decoder) throw std::bad_alloc();
  FLAC__stream_decoder_set_md5_checking(decoder.get(), true);
  if (FLAC__stream_decoder_init_stream(decoder.get(), on_read, nullptr, nullptr, nullptr, nullptr,
                                       on_write, on_metadata, on_error,
                                       &stream) != FLAC__STREAM_DECODER_INIT_STATUS_OK) {
    throw_data(origin, ": libFLAC cannot be started");
  }
  while (stream.error.empty() && stream.seen < stream.wanted) {
    if (!FLAC__stream_decoder_process_single(decoder.get())) break;
    if (FLAC__stream_decoder_get_state(decoder.get()) == FLAC__STREAM_DECODER_END_OF_STREAM) break;
  }
  const bool whole =
      FLAC__stream_decoder_get_state(decoder.get()) == FLAC__STREAM_DECODER_END_OF_STREAM;
  const bool intact = FLAC__stream_decoder_finish(decoder.get());
  if (stream.error.empty() && whole && !intact) stream.error = "damaged (its MD5 sum differs)";
}

}  // namespace

std::vector<std::int32_t> decode_flac(std::string_view bytes, const FlacLayout& layout,
                                      const std::string& origin) {
  if (bytes.substr(0, 4) != "fLaC")
    throw_data(origin, ": expected a FLAC file, got one that does not start with fLaC");
  Stream stream{bytes, layout};
  stream.wanted = wanted_samples(layout);
  decode(stream, origin);
  if (!stream.error.empty())
    throw_data(origin, ": FLAC stream after ", stream.seen, " samples: ", stream.error);
  const std::size_t frame = layout.samples_per_frame * layout.channels;
  const std::size_t whole_frames =
      stream.seen <= layout.offset ? 0 : (stream.seen - layout.offset) / layout.samples_per_frame;
  stream.samples.resize(whole_frames * frame);
  return std::move(stream.samples);
}

}  // namespace ecg_lora::wfdb
