#include "item_checks.h"

#include <algorithm>
#include <optional>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/parallel.h"
#include "ecg_lora/base/progress.h"

namespace ecg_lora::data {
namespace {

constexpr std::size_t kShare = 256;         ///< items a thread takes at once
constexpr std::size_t kWorthABar = 20'000;  ///< items from which on progress is shown
/// Tokens of a conversation's beginning (of the text-only template, with its dates) that no text of
/// the item pays for.
constexpr std::size_t kPreambleTokens = 128;

/// Runs `use` over [0, count) in threads, with a progress bar if that takes a while.
template <class F>
void checked(const char* label, std::size_t count, int threads, F use) {
  std::optional<Progress> progress;
  if (count >= kWorthABar) progress.emplace(label, static_cast<std::int64_t>(count), "samples");
  parallel_for((count + kShare - 1) / kShare, threads, [&](std::size_t k) {
    const auto end = std::min(count, (k + 1) * kShare);
    for (auto i = k * kShare; i < end; ++i) use(i);
    if (progress) progress->advance(static_cast<std::int64_t>(end - k * kShare));
  });
}

}  // namespace

/// Tokens of the item's row, or 0 if it is short for sure: no tokenizer makes more tokens than
/// bytes of ASCII, and what a turn costs besides its text is less than what JSON spends on it.
std::size_t ItemChecks::length(const ItemRef& ref) const {
  const auto& file = files[ref.file];
  const auto& entry = file.entries()[ref.entry];
  if (entry.ascii &&
      entry.length + kPreambleTokens <= static_cast<std::size_t>(maker.config().max_tokens))
    return 0;
  return maker.length({file.item(ref.entry).turns, {}, 0, ""});
}

std::vector<ItemRef> ItemChecks::laid_out(InstructSummary& summary) const {
  std::vector<ItemRef> all, refused;
  for (std::uint32_t f = 0; f < files.size(); ++f)
    for (std::uint32_t i = 0; i < files[f].entries().size(); ++i) {
      const bool fits =
          !files[f].entries()[i].system_and_image || text::takes_system_and_image(maker.layout());
      (fits ? all : refused).push_back({f, i});
    }
  if (refused.empty()) return all;
  const auto name = [&](const ItemRef& ref) { return files[ref.file].name(ref.entry); };
  const auto reason = text::system_and_image_error(maker.layout());
  if (on_bad == instruct::OnBad::stop)
    throw_data(refused.size(), " of ", all.size() + refused.size(), " samples, the first ",
               name(refused.front()), ": ", reason, "; data.on_bad_sample=skip leaves them out");
  for (const auto& ref : refused) log.note(name(ref), "item", reason);
  summary.bad_items += static_cast<std::int64_t>(refused.size());
  return all;
}

std::vector<ItemRef> ItemChecks::of_length(InstructSummary& summary) const {
  const auto all = laid_out(summary);
  std::vector<std::size_t> lengths(all.size());
  checked("measuring lengths", all.size(), threads,
          [&](std::size_t i) { lengths[i] = length(all[i]); });
  const auto most = static_cast<std::size_t>(maker.config().max_tokens);
  const auto& policy = maker.config().too_long;
  std::vector<ItemRef> kept;
  std::size_t longest = 0, count = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool fits = lengths[i] <= most;
    if (fits || policy == "cut") kept.push_back(all[i]);
    if (fits) continue;
    ++count;
    if (lengths[i] > lengths[longest]) longest = i;
    if (policy == "skip")
      log.note(files[all[i].file].name(all[i].entry), "length",
               cat(lengths[i], " tokens, more than batch.max_tokens ", most));
  }
  if (count > 0 && policy == "stop")
    throw_usage(count, " of ", all.size(), " samples have more than batch.max_tokens ", most,
                " tokens, the most ", lengths[longest], " (",
                files[all[longest].file].name(all[longest].entry),
                "); raise it, or set batch.too_long to skip or cut");
  (policy == "cut" ? summary.cut : summary.too_long) = static_cast<std::int64_t>(count);
  return kept;
}

std::vector<bool> ItemChecks::missing_images(const std::vector<ItemRef>& items) const {
  std::vector<std::string> problems(items.size());
  checked("looking for images", items.size(), threads, [&](std::size_t i) {
    const auto& file = files[items[i].file];
    const auto name = file.name(items[i].entry);
    try {
      for (const auto& image : file.item(items[i].entry).images) resolver.find(image, name);
    } catch (const Error& error) {
      problems[i] = error.what();
    }
  });
  std::vector<bool> missing(items.size());
  std::size_t count = 0, first = 0, page_sets = 0;
  for (std::size_t i = items.size(); i-- > 0;) {
    page_sets += files[items[i].file].entries()[items[i].entry].image_count > 0 ? 1 : 0;
    missing[i] = !problems[i].empty();
    if (!missing[i]) continue;
    ++count;
    first = i;
    if (on_bad == instruct::OnBad::skip)
      log.note(files[items[i].file].name(items[i].entry), "image", problems[i]);
  }
  if (count > 0 && on_bad == instruct::OnBad::stop)
    throw_data(problems[first], count == 1 ? ""
                                           : cat("; the images of ", count, " of ", page_sets,
                                                 " page sets are missing"));
  return missing;
}

}  // namespace ecg_lora::data
