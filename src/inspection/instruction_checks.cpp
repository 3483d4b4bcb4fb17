#include "instruction_checks.h"

#include <algorithm>
#include <mutex>
#include <unordered_set>

#include "ecg_lora/base/parallel.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/instruct/format/resolver.h"
#include "ecg_lora/text/chat_format.h"

namespace ecg_lora::inspection {
namespace {

namespace fs = std::filesystem;

/// An item: its file and its place there.
struct Place {
  std::size_t file = 0, entry = 0;
};

std::vector<Place> every_item(const InstructionFiles& files) {
  std::vector<Place> result;
  for (std::size_t f = 0; f < files.size(); ++f)
    for (std::size_t i = 0; i < files[f].entries().size(); ++i) result.push_back({f, i});
  return result;
}

/// One item for each set of images.
std::vector<Place> image_sets(const InstructionFiles& files) {
  std::unordered_set<std::uint64_t> seen;
  std::vector<Place> result;
  for (const auto& place : every_item(files))
    if (const auto key = files[place.file].entries()[place.entry].images;
        key != 0 && seen.insert(key).second)
      result.push_back(place);
  return result;
}

/// Calls use(place, slot) for all of `all` in threads, with a bar.
template <class F>
void each(const char* label, const std::vector<Place>& all, F use) {
  constexpr std::size_t share = 256;
  Progress progress(label, static_cast<std::int64_t>(all.size()), "samples");
  std::mutex mutex;
  parallel_for((all.size() + share - 1) / share, 0, [&](std::size_t k) {
    const auto end = std::min(all.size(), (k + 1) * share);
    for (auto i = k * share; i < end; ++i) use(all[i], i);
    const std::lock_guard<std::mutex> lock(mutex);
    progress.advance(static_cast<std::int64_t>(end - k * share));
  });
}

/// Takes those out of `items` that the model's prompt layout does not take; the
/// first is `problem`, if that is empty.
std::size_t remove_misfits(const InstructionFiles& files, text::PromptLayout layout,
                           std::vector<Place>& items, std::string& problem) {
  if (text::takes_system_and_image(layout)) return 0;
  const auto misfit = [&](const Place& place) {
    const auto& file = files[place.file];
    if (!file.entries()[place.entry].system_and_image) return false;
    if (problem.empty())
      problem = cat(file.name(place.entry), ": ", text::system_and_image_error(layout));
    return true;
  };
  return std::erase_if(items, misfit);
}

/// `lengths`: in rising order.
Json length_summary(const std::vector<std::uint32_t>& lengths, const std::string& longest_sample,
                    std::size_t misfits) {
  const auto at = [&](double share) {
    return lengths[static_cast<std::size_t>(share * static_cast<double>(lengths.size() - 1))];
  };
  Json rows = Json::array();
  for (const std::uint32_t limit : {256u, 512u, 1024u, 2048u, 4096u})
    rows.push_back({{"max_tokens", limit},
                    {"samples_longer",
                     lengths.end() - std::upper_bound(lengths.begin(), lengths.end(), limit)}});
  return {{"shortest", at(0)},
          {"median", at(0.5)},
          {"95_of_100", at(0.95)},
          {"99_of_100", at(0.99)},
          {"longest", at(1)},
          {"longest_sample", longest_sample},
          {"samples_without_layout", misfits},
          {"limits", rows}};
}

}  // namespace

Json find_images(const InstructionFiles& files, const InstructionChecks& checks,
                 std::string& problem) {
  const instruct::Resolver resolver({checks.images, checks.recordings, checks.sampling_rate});
  const auto sets = image_sets(files);
  std::vector<std::string> outcomes(sets.size());
  each("looking for images", sets, [&](const Place& place, std::size_t slot) {
    const auto& file = files[place.file];
    try {
      for (const auto& name : file.item(place.entry).images)
        outcomes[slot] = resolver.find(name, file.name(place.entry)).recording ? "r" : "p";
    } catch (const Error& error) {
      outcomes[slot] = error.what();
    }
  });
  std::int64_t pictures = 0, recordings = 0;
  Json missing = Json::array();
  for (const auto& outcome : outcomes) {
    if (outcome.size() == 1)
      ++(outcome == "p" ? pictures : recordings);
    else
      missing.push_back(outcome);
  }
  if (problem.empty() && !missing.empty()) problem = missing[0].get<std::string>();
  return {{"sets_of_pictures", pictures},
          {"sets_of_recordings", recordings},
          {"sets_missing", missing.size()},
          {"missing", missing}};
}

Json token_lengths(const InstructionFiles& files, const fs::path& model, std::string& problem) {
  const auto chat = text::load_chat_format(model);
  auto all = every_item(files);
  const auto misfits = remove_misfits(files, chat.layout, all, problem);
  if (all.empty()) return {{"samples_without_layout", misfits}};
  std::vector<std::uint32_t> lengths(all.size());
  each("measuring lengths", all, [&](const Place& place, std::size_t slot) {
    lengths[slot] = static_cast<std::uint32_t>(
        text::encode_chat(chat, files[place.file].item(place.entry).turns, false).ids.size());
  });
  const auto longest =
      static_cast<std::size_t>(std::max_element(lengths.begin(), lengths.end()) - lengths.begin());
  const auto longest_name = files[all[longest].file].name(all[longest].entry);
  std::sort(lengths.begin(), lengths.end());
  return length_summary(lengths, longest_name, misfits);
}

}  // namespace ecg_lora::inspection
