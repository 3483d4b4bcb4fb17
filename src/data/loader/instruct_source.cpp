#include "ecg_lora/data/loader/instruct_source.h"

#include <algorithm>
#include <numeric>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/parallel.h"
#include "ecg_lora/base/random.h"
#include "item_checks.h"

namespace ecg_lora::data {
namespace {

constexpr std::uint64_t kBundleStream =
    13;  ///< keeps this use of the seed apart from those in mixed_source.cpp

}  // namespace

Conversation item_conversation(const instruct::InstructionItem& item,
                               const instruct::Resolver& resolver, std::int64_t id,
                               const std::string& name) {
  Conversation sample{item.turns, {}, id, name};
  for (const auto& image : item.images) {
    auto found = resolver.find(image, name);
    sample.pages.push_back({found.recording, std::move(found.path), {}});
  }
  return sample;
}

struct InstructSamples::State {
  /// Samples that share their pages: items [begin, end).
  struct Group {
    std::uint32_t begin = 0, end = 0;
  };
  struct Bundle {
    std::uint32_t group = 0, part = 0;
  };

  std::vector<instruct::InstructionFile> files;
  std::shared_ptr<const instruct::Resolver> resolver;
  InstructOptions options;
  InstructSummary summary;
  std::vector<std::int64_t> first_ids;  ///< of each file
  std::vector<ItemRef> items;           ///< group by group, within it in the order of the files
  std::vector<Group> groups;            ///< in the order of their first item
  std::vector<std::vector<Bundle>> bundles;  ///< by number of pages

  std::uint32_t rows_of(const Group& group) const {
    const auto size = group.end - group.begin;
    return options.most_rows > 0 ? std::min(size, static_cast<std::uint32_t>(options.most_rows))
                                 : size;
  }
  const instruct::IndexEntry& entry(const ItemRef& ref) const {
    return files[ref.file].entries()[ref.entry];
  }

  /// Sorts items by their pages; groups keep the order of their first items.
  void group() {
    std::vector<std::uint32_t> order(items.size());
    std::iota(order.begin(), order.end(), 0u);
    const auto key = [&](std::uint32_t i) { return entry(items[i]).images; };
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return key(a) < key(b); });
    const auto text_rows = static_cast<std::uint32_t>(std::max(1, options.most_rows));
    for (std::uint32_t begin = 0; begin < order.size();) {
      auto end = begin + 1;
      const bool text = key(order[begin]) == 0;
      while (end < order.size() && key(order[end]) == key(order[begin]) &&
             (!text || end - begin < text_rows))
        ++end;
      groups.push_back({begin, end});
      begin = end;
    }
    std::sort(groups.begin(), groups.end(),
              [&](const Group& a, const Group& b) { return order[a.begin] < order[b.begin]; });
    std::vector<ItemRef> sorted;
    for (auto& one : groups) {
      const auto begin = static_cast<std::uint32_t>(sorted.size());
      for (auto i = one.begin; i < one.end; ++i) sorted.push_back(items[order[i]]);
      one = {begin, static_cast<std::uint32_t>(sorted.size())};
    }
    items = std::move(sorted);
  }

  void bundle() {
    for (std::uint32_t g = 0; g < groups.size(); ++g) {
      const auto pages = entry(items[groups[g].begin]).image_count;
      if (bundles.size() <= pages) bundles.resize(pages + std::size_t{1});
      const auto size = groups[g].end - groups[g].begin, rows = rows_of(groups[g]);
      for (std::uint32_t part = 0; part * rows < size; ++part) bundles[pages].push_back({g, part});
      summary.samples += size;
      (pages == 0 ? summary.text_only : summary.page_sets) += pages == 0 ? size : 1;
      if (pages > 1) summary.several_pages += size;
    }
    for (const auto& list : bundles) summary.bundles += static_cast<std::int64_t>(list.size());
  }

  /// Reads the files and indexes their items; what cannot be read is noted.
  void index(const std::filesystem::path& path, SkipLog& log) {
    auto next_id = options.first_id;
    for (const auto& file : instruct::instruction_files(path)) {
      files.emplace_back(file, options.on_bad, options.threads);
      for (const auto& skipped : files.back().skipped())
        log.note(cat(skipped.file, ": item ", skipped.item, " at byte ", skipped.byte), "item",
                 skipped.reason);
      summary.bad_items += static_cast<std::int64_t>(files.back().skipped().size());
      summary.unread.add(files.back().unread());
      first_ids.push_back(next_id);
      next_id += static_cast<std::int64_t>(files.back().entries().size());
    }
  }

  /// Leaves out the groups whose images are missing.
  void keep_groups_with_images(const ItemChecks& checks) {
    std::vector<ItemRef> firsts;
    for (const auto& group : groups) firsts.push_back(items[group.begin]);
    const auto missing = checks.missing_images(firsts);
    std::vector<Group> kept;
    for (std::size_t g = 0; g < groups.size(); ++g)
      if (missing[g])
        summary.without_image += groups[g].end - groups[g].begin;
      else
        kept.push_back(groups[g]);
    groups = std::move(kept);
  }

  Conversation sample(const ItemRef& ref) const {
    const auto& file = files[ref.file];
    return item_conversation(file.item(ref.entry), *resolver, first_ids[ref.file] + ref.entry,
                             file.name(ref.entry));
  }
};

InstructSamples::InstructSamples(const std::filesystem::path& path,
                                 std::shared_ptr<const instruct::Resolver> resolver,
                                 const BatchMaker& maker, const InstructOptions& options,
                                 SkipLog& log)
    : state_(new State{{}, std::move(resolver), options, {}, {}, {}, {}, {}}) {
  auto& s = *state_;
  s.index(path, log);
  const ItemChecks checks{s.files, *s.resolver, maker, options.on_bad, options.threads, log};
  s.items = checks.of_length(s.summary);
  s.group();
  s.keep_groups_with_images(checks);
  if (s.groups.empty())
    throw_data("no sample of ", path.string(), " can be used: ", s.summary.bad_items,
               " cannot be read, ", s.summary.too_long, " are too long, the images of ",
               s.summary.without_image,
               " are missing; set data.image_roots, data.recording_roots or batch.max_tokens");
  s.bundle();
}

InstructSamples::~InstructSamples() = default;

const InstructSummary& InstructSamples::summary() const {
  return state_->summary;
}

std::vector<std::int64_t> InstructSamples::counts() const {
  std::vector<std::int64_t> counts;
  for (const auto& list : state_->bundles) counts.push_back(static_cast<std::int64_t>(list.size()));
  return counts;
}

std::vector<Conversation> InstructSamples::get(std::int64_t pass, std::int64_t pages,
                                               std::int64_t index) const {
  const auto& s = *state_;
  const auto& bundle = s.bundles[static_cast<std::size_t>(pages)][static_cast<std::size_t>(index)];
  const auto& group = s.groups[bundle.group];
  std::vector<std::uint32_t> order(group.end - group.begin);
  std::iota(order.begin(), order.end(), group.begin);
  if (s.options.shuffled)
    Random{s.options.seed, kBundleStream, static_cast<std::uint64_t>(pass),
           static_cast<std::uint64_t>(s.options.first_id), bundle.group}
        .shuffle(order);
  const auto rows = s.rows_of(group);
  std::vector<Conversation> samples;
  for (auto i = bundle.part * rows;
       i < std::min<std::size_t>(order.size(), (bundle.part + 1) * rows); ++i)
    samples.push_back(s.sample(s.items[order[i]]));
  return samples;
}

}  // namespace ecg_lora::data
