#include "train_identity.h"

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/hash.h"
#include "ecg_lora/base/json_text.h"
#include "ecg_lora/base/log.h"

namespace ecg_lora::tools {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t digest_size = 64;  ///< hexadecimal

fs::path file_of(const fs::path& run) { return run / "identity.json"; }

Json read_identity(const fs::path& run) {
  return fs::exists(file_of(run)) ? read_json(file_of(run)) : Json();
}

/// What has to be equal on all ranks, by name. Paths may differ: what lies there is compared.
std::vector<std::pair<std::string, Json>> parts(const TrainRecipe& recipe, const Json& identity) {
  auto config = config::dump(recipe);
  for (const char* key : {"model", "output"}) config.erase(key);
  for (const char* key :
       {"root", "wording", "instructions", "valid_instructions", "image_roots", "recording_roots"})
    config["data"].erase(key);
  for (const char* key : {"device", "threads"}) config["compute"].erase(key);
  config["batch"].erase("workers");
  std::vector<std::pair<std::string, Json>> result;
  for (const auto& [key, value] : config.items()) result.emplace_back("config " + key, value);
  for (const auto& [key, value] : identity.items()) result.emplace_back("files of " + key, value);
  return result;
}

}  // namespace

MadeWith made_with(const TrainRecipe& recipe, const DataSet& set,
                   const std::vector<data::PageRef>& pages) {
  const auto before = read_identity(recipe.output);
  FileSums sums(before.is_object() ? before.value("sums", Json()) : Json());
  auto files = recipe.data.instructions;
  const auto& more = recipe.data.valid_instructions;
  files.insert(files.end(), more.begin(), more.end());
  Json identity{{"model", model_identity(recipe.model, sums)},
                {"tables", table_identity(recipe.data)},
                {"instructions", instruction_identity(files)},
                {"pages", page_identity(pages, recipe.compute.threads)}};
  if (set.labels) identity["wording"] = set.labels->wording().identity();
  return {std::move(identity), sums.known()};
}

void compare_ranks(train::Group& group, const TrainRecipe& recipe, const Json& identity) {
  if (group.ranks() == 1) return;
  const auto own = parts(recipe, identity);
  const auto count = static_cast<std::int64_t>(own.size());
  std::string digests;
  for (const auto& [name, value] : own) digests += sha256(json_text(value));
  const auto mine = at::empty({count * digest_size}, at::kByte);
  std::copy(digests.begin(), digests.end(), mine.data_ptr<std::uint8_t>());
  const auto all = at::empty({group.ranks(), count * digest_size}, at::kByte);
  group.gather(all, mine)->wait();
  std::string differ;
  int other = 0;
  for (std::int64_t i = 0; i < count; ++i)
    for (int rank = 1; rank < group.ranks(); ++rank) {
      const auto piece = [&](int of) {
        return all[of].slice(0, i * digest_size, (i + 1) * digest_size);
      };
      if (at::equal(piece(0), piece(rank))) continue;
      differ += (differ.empty() ? "" : ", ") + own[static_cast<std::size_t>(i)].first;
      other = rank;
      break;
    }
  if (differ.empty()) return;
  throw_usage("rank ", other, " was given other things than rank 0 (", differ,
              "), expected the same config, base and data on all ranks; start all with the same");
}

void check_unchanged(const fs::path& run, const Json& identity, bool accept) {
  if (!fs::exists(run)) return;
  const auto before = read_identity(run);
  if (!before.is_object() || !before.contains("identity"))
    return log_warn(cat(run.string(), " does not say what it was made with, so that a change of "
                                      "base or data since then is not noticed"));
  const auto& was = before.at("identity");
  if (was == identity) return;
  const auto what = cat("resuming ", run.string(), ", but what it was started with has changed: ",
                        differences(identity, was));
  if (!accept)
    throw_usage(what, "; expected the same files; bring them back, choose another output, or add "
                      "--accept-changes to go on with these");
  log_warn(what + ": its result is that of neither alone");
}

void write_identity(const fs::path& run, const MadeWith& made) {
  write_json(file_of(run), {{"identity", made.identity}, {"sums", made.sums}});
}

}  // namespace ecg_lora::tools
