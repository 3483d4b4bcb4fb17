// Files of instruction samples.
#include <algorithm>
#include <fstream>
#include <map>
#include <mutex>
#include <unordered_set>

#include "ecg_lora/base/file.h"
#include "ecg_lora/base/log.h"
#include "ecg_lora/base/parallel.h"
#include "ecg_lora/base/progress.h"
#include "ecg_lora/instruct/file.h"
#include "ecg_lora/instruct/resolver.h"
#include "ecg_lora/text/chat_format.h"
#include "inspect.h"

namespace ecg_lora::tools {
namespace {

namespace fs = std::filesystem;

using Files = std::vector<instruct::File>;

/// An item: its file and its place there.
struct Place {
  std::size_t file = 0, entry = 0;
};

std::vector<Place> every_item(const Files& files) {
  std::vector<Place> result;
  for (std::size_t f = 0; f < files.size(); ++f)
    for (std::size_t i = 0; i < files[f].entries().size(); ++i) result.push_back({f, i});
  return result;
}

/// One item for each set of images.
std::vector<Place> image_sets(const Files& files) {
  std::unordered_set<std::uint64_t> seen;
  std::vector<Place> result;
  for (const auto& place : every_item(files))
    if (const auto key = files[place.file].entries()[place.entry].images;
        key != 0 && seen.insert(key).second)
      result.push_back(place);
  return result;
}

std::size_t count_image_sets(const Files& files) {
  std::vector<std::uint64_t> keys;
  for (const auto& file : files)
    for (const auto& entry : file.entries())
      if (entry.images != 0) keys.push_back(entry.images);
  std::sort(keys.begin(), keys.end());
  return static_cast<std::size_t>(std::unique(keys.begin(), keys.end()) - keys.begin());
}

/// "samples" of each value of what `of` makes of an entry, in rising order of it.
template <class Of>
Json tally(const Files& files, const char* name, Of of) {
  std::map<std::string, std::int64_t> counts;
  for (const auto& file : files)
    for (const auto& entry : file.entries()) ++counts[of(entry)];
  Json rows = Json::array();
  for (const auto& [value, count] : counts) rows.push_back({{name, value}, {"samples", count}});
  return rows;
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

/// Looks for the images of each set; `problem` gets the first that is missing.
Json find_images(const Files& files, const InstructInspection& options, std::string& problem) {
  const instruct::Resolver resolver({options.images, options.recordings, options.sampling_rate});
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
    else if (missing.push_back(outcome), missing.size() == 1)
      problem = outcome;
  }
  return {{"sets_of_pictures", pictures},
          {"sets_of_recordings", recordings},
          {"sets_missing", missing.size()},
          {"missing", missing}};
}

/// Takes those out of `items` that the model's prompt layout does not take; `problem` gets the
/// first.
std::size_t remove_misfits(const Files& files, text::PromptLayout layout, std::vector<Place>& items,
                           std::string& problem) {
  if (text::takes_system_beside_image(layout)) return 0;
  const auto misfit = [&](const Place& place) {
    const auto& file = files[place.file];
    if (!file.entries()[place.entry].system_beside_image) return false;
    if (problem.empty())
      problem = cat(file.name(place.entry), ": ", text::no_system_beside_image(layout));
    return true;
  };
  return std::erase_if(items, misfit);
}

Json token_lengths(const Files& files, const fs::path& model, std::string& problem) {
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
          {"longest_sample", longest_name},
          {"samples_without_layout", misfits},
          {"limits", rows}};
}

}  // namespace

bool is_instructions(const fs::path& path) {
  if (fs::is_directory(path)) {
    for (const auto& entry : fs::directory_iterator(path))
      if ((entry.path().extension() == ".json" || entry.path().extension() == ".jsonl") &&
          is_instructions(entry.path()))
        return true;
    return false;
  }
  if (path.extension() == ".jsonl") return true;
  auto in = open_file(path);
  char c = 0;
  while (in.get(c) &&
         (c == ' ' || c == '\n' || c == '\r' || c == '\t' || static_cast<unsigned char>(c) > 127)) {
  }
  return c == '[';
}

Finding describe_instructions(const fs::path& path, const InstructInspection& options) {
  Files files;
  std::int64_t items = 0, text_only = 0;
  std::uintmax_t bytes = 0;
  instruct::Unread unread;
  Json skipped = Json::array();
  for (const auto& file : instruct::instruction_files(path)) {
    files.emplace_back(file, instruct::OnBad::skip);
    items += static_cast<std::int64_t>(files.back().entries().size());
    bytes += fs::file_size(file);
    for (const auto& bad : files.back().skipped()) skipped.push_back(bad.reason);
    unread.add(files.back().unread());
  }
  for (const auto& file : files)
    text_only += std::count_if(file.entries().begin(), file.entries().end(),
                               [](const auto& entry) { return entry.images == 0; });
  Finding finding;
  auto& out = finding.description;
  out = {{"kind", "instruction samples"},
         {"path", path.string()},
         {"files", files.size()},
         {"bytes", bytes},
         {"items", items},
         {"bad_items", skipped.size()},
         {"bad", skipped},
         {"image_sets", count_image_sets(files)},
         {"text_only", text_only}};
  out["images"] =
      tally(files, "images", [](const auto& entry) { return std::to_string(entry.image_count); });
  out["turns"] = tally(files, "turns", [](const auto& entry) {
    return entry.turns == 255 ? std::string("255 or more") : std::to_string(entry.turns);
  });
  out["question_types"] = tally(files, "question_type", [](const auto& entry) {
    return entry.kind == 0 ? std::string("none") : instruct::ecg_qa_types()[entry.kind - 1u];
  });
  out["unread"] = Json::array();
  for (const auto& [part, count] : unread.parts)
    out["unread"].push_back({{"part", part}, {"samples", count}});
  if (!unread.empty()) log_warn(cat(path.string(), ": ", unread.sentence()));
  if (!skipped.empty())
    finding.problem = cat(skipped.size(), " items of ", path.string(),
                          " cannot be used, the first because ", skipped[0].get<std::string>());
  if (!options.images.empty() || !options.recordings.empty()) {
    std::string missing;
    out["pages"] = find_images(files, options, missing);
    if (finding.problem.empty() && !missing.empty()) finding.problem = missing;
  }
  if (!options.model.empty()) {
    std::string misfit;
    out["tokens"] = token_lengths(files, options.model, misfit);
    if (finding.problem.empty()) finding.problem = misfit;
  }
  if (!finding.problem.empty()) finding.code = ExitCode::data;
  return finding;
}

}  // namespace ecg_lora::tools
