#include "page_samples.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/log.h"

namespace ecg_lora::data {
namespace {

/// A source without its samples that show no page.
class OnPages : public SampleSource {
 public:
  explicit OnPages(std::shared_ptr<const SampleSource> source) : source_(std::move(source)) {}
  std::vector<std::int64_t> counts() const override {
    auto counts = source_->counts();
    if (!counts.empty()) counts.front() = 0;
    return counts;
  }
  std::vector<Conversation> get(std::int64_t pass, std::int64_t pages,
                                std::int64_t index) const override {
    return source_->get(pass, pages, index);
  }

 private:
  std::shared_ptr<const SampleSource> source_;
};

}  // namespace

void keep_page_samples(std::vector<WeightedSource>& sources, std::int64_t text_only) {
  if (text_only == 0) return;
  bool any = false;
  for (auto& one : sources) {
    one.source = std::make_shared<OnPages>(one.source);
    const auto counts = one.source->counts();
    any = any || std::any_of(counts.begin(), counts.end(), [](auto count) { return count > 0; });
  }
  const auto what = cat("only what looks at pages is adapted, and ", text_only,
                        " samples without a page teach it nothing");
  if (!any)
    throw_data(what,
               ", expected a sample with a page; give some, or adapt the text with lora.text");
  log_warn(what + ": they are left out");
}

void add_pages(const SampleSource& source, std::vector<PageRef>& pages) {
  std::set<std::filesystem::path> seen;
  const auto counts = source.counts();
  for (std::size_t m = 1; m < counts.size(); ++m)
    for (std::int64_t i = 0; i < counts[m]; ++i)
      for (const auto& sample : source.get(0, static_cast<std::int64_t>(m), i))
        for (const auto& page : sample.pages)
          if (seen.insert(page.path).second) pages.push_back(page);
}

}  // namespace ecg_lora::data
