#include "samples.h"

#include <bit>

#include "ecg_lora/base/error.h"
#include "flac.h"
#include "formats.h"
#include "signal_file.h"

namespace ecg_lora::wfdb {
namespace {

/// Samples per frame of all signals. Throws if their lines contradict each other.
std::size_t check_group(const std::filesystem::path& path, std::span<const SignalLine> group) {
  const SignalLine& first = group.front();
  std::size_t width = 0;
  for (const SignalLine& signal : group) {
    width += signal.samples_per_frame;
    if (signal.format != first.format) {
      throw_data(path.string(), ": its signals are in formats ", first.format, " and ",
                 signal.format, ", expected one format a file; the header is damaged");
    }
    if (signal.offset != 0 && signal.offset != first.offset) {
      throw_data(path.string(), ": its signals begin at offsets ", first.offset, " and ",
                 signal.offset, ", expected one offset a file; the header is damaged");
    }
  }
  return width;
}

[[noreturn]] void throw_truncated(const SignalFile& file, const SignalLine& first,
                                  std::size_t signals, std::size_t width, std::size_t frames,
                                  std::size_t held) {
  throw_data(file.path().string(), ": expected ", frames, " samples of ", signals,
             " signals in format ", first.format, " (", width, " a frame, after an offset of ",
             first.offset, "), got ", held, " in ", file.size(),
             " bytes; the file is truncated, copy it again");
}

/// Format 8 stores differences: each signal of a frame goes on from its own last sample.
void integrate(std::span<const SignalLine> group, Samples& samples) {
  auto& values = std::get<std::vector<std::int32_t>>(samples.values);
  std::size_t column = 0;
  for (const SignalLine& signal : group) {
    auto sample = static_cast<std::uint32_t>(signal.initial_value.value_or(signal.adc_zero));
    for (std::size_t frame = 0; frame < samples.frames; ++frame) {
      std::int32_t* at = values.data() + frame * samples.width + column;
      for (std::size_t k = 0; k < signal.samples_per_frame; ++k) {
        sample += static_cast<std::uint32_t>(at[k]);  // wraps as WFDB's int does
        at[k] = static_cast<std::int32_t>(sample);
      }
    }
    column += signal.samples_per_frame;
  }
}

void read_packed(const SignalFile& file, const Format& format, std::span<const SignalLine> group,
                 std::optional<std::size_t> stated, Samples& samples) {
  const std::size_t offset = group.front().offset;
  const std::size_t held = format.held(file.size() - std::min(file.size(), offset)) / samples.width;
  samples.frames = stated.value_or(held);
  if (held < samples.frames)
    throw_truncated(file, group.front(), group.size(), samples.width, samples.frames, held);
  const std::size_t count = samples.frames * samples.width;
  if (format.code == 16 && std::endian::native == std::endian::little) {
    auto& values = samples.values.emplace<std::vector<std::int16_t>>(count);
    file.read(offset, format.needed(count), values.data());
    return;
  }
  std::vector<unsigned char> bytes(format.needed(count));
  file.read(offset, bytes.size(), bytes.data());
  auto& values = samples.values.emplace<std::vector<std::int32_t>>(count);
  format.decode(bytes.data(), count, values.data());
  if (format.differences()) integrate(group, samples);
}

void read_flac(const SignalFile& file, const Format& format, std::span<const SignalLine> group,
               std::optional<std::size_t> stated, Samples& samples) {
  const SignalLine& first = group.front();
  for (const SignalLine& signal : group) {
    if (signal.samples_per_frame == first.samples_per_frame) continue;
    throw_data(file.path().string(), ": its signals have ", first.samples_per_frame, " and ",
               signal.samples_per_frame,
               " samples a frame, expected the same of all signals in a FLAC file");
  }
  const std::string bytes = file.read_all();
  const FlacLayout layout{format.flac_bits(), group.size(), first.samples_per_frame, first.offset,
                          stated};
  auto& values = samples.values.emplace<std::vector<std::int32_t>>(
      decode_flac(bytes, layout, file.path().string()));
  const std::size_t held = values.size() / samples.width;
  samples.frames = stated.value_or(held);
  if (held < samples.frames)
    throw_truncated(file, first, group.size(), samples.width, samples.frames, held);
}

}  // namespace

Samples read_samples(const std::filesystem::path& path, std::span<const SignalLine> group,
                     std::optional<std::size_t> frames) {
  Samples samples;
  samples.width = check_group(path, group);
  const Format& format = format_of(group.front().format, path.string());
  const SignalFile file(path);
  samples.file_bytes = file.size();
  (format.flac() ? read_flac : read_packed)(file, format, group, frames, samples);
  if (samples.frames == 0)
    throw_data(path.string(), ": holds no sample; the file is truncated, copy it again");
  return samples;
}

}  // namespace ecg_lora::wfdb
