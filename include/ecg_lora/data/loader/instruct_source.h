// Samples of instruction files, bundled by the pages that they are about.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "ecg_lora/data/loader/mixed_source.h"
#include "ecg_lora/instruct/format/instruction_file.h"
#include "ecg_lora/instruct/format/resolver.h"

namespace ecg_lora::data {

struct InstructOptions {
  int most_rows = 0;     ///< most samples per bundle; 0 for all on the same pages
  bool shuffled = true;  ///< each pass draws which samples of the same pages share a bundle
  std::uint64_t seed = 1;
  std::int64_t first_id = 0;  ///< Conversation::id of the first sample; the others follow
  instruct::OnBad on_bad = instruct::OnBad::stop;
  int threads = 0;  ///< for indexing and checks; 0 for all cores
};

/// What a source holds after its checks.
struct InstructSummary {
  std::int64_t samples = 0, bundles = 0;
  std::int64_t page_sets = 0;                     ///< different lists of images
  std::int64_t text_only = 0, several_pages = 0;  ///< samples without images, with more than one
  std::int64_t cut = 0;                           ///< longer than batch.max_tokens, to be cut
  std::int64_t bad_items = 0, too_long = 0, without_image = 0;  ///< left out
  instruct::UnreadContent unread = {};  ///< keys and markers without a meaning
};

/// Bundles are made of samples whose images have the same names in the same order; texts without
/// images are bundled in the order of their file.
class InstructSamples : public SampleSource {
 public:
  /// Indexes `path` (a file or folder) and checks every sample before any is used: that it can be
  /// read, that it is not longer than batch.max_tokens of `maker`, and that `resolver` finds its
  /// images. What fails stops with a data error (a usage error for length) that counts the failures
  /// and names the first, or is noted in `log` and left out. Data error if nothing is left.
  InstructSamples(const std::filesystem::path& path,
                  std::shared_ptr<const instruct::Resolver> resolver, const BatchMaker& maker,
                  const InstructOptions& options, SkipLog& log);
  ~InstructSamples() override;

  std::vector<std::int64_t> counts() const override;
  std::vector<Conversation> get(std::int64_t pass, std::int64_t pages,
                                std::int64_t index) const override;
  const InstructSummary& summary() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The conversation of an item, with `id` and `name` for messages. Data error if an image is found
/// nowhere.
Conversation item_conversation(const instruct::InstructionItem& item,
                               const instruct::Resolver& resolver, std::int64_t id,
                               const std::string& name);

}  // namespace ecg_lora::data
