#include "ecg_lora/instruct/format/resolver.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <deque>
#include <optional>
#include <string_view>

#include "ecg_lora/base/error.h"
#include "ecg_lora/base/inside.h"
#include "recording_root.h"

namespace ecg_lora::instruct {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 5> kPictureExtensions{".png", ".jpg", ".jpeg", ".bmp",
                                                             ".webp"};
constexpr std::array<std::string_view, 3> kRecordExtensions{".hea", ".dat", ".mat"};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

template <class List>
bool one_of(const fs::path& name, const List& extensions) {
  return std::find(extensions.begin(), extensions.end(), lower(name.extension().string())) !=
         extensions.end();
}

bool is_picture(const fs::path& path) {
  std::error_code error;
  return one_of(path, kPictureExtensions) && fs::is_regular_file(path, error);
}

/// "a/b/c.png", "b/c.png", "c.png"; parts that lead out of a folder fall away.
std::vector<fs::path> suffixes(const fs::path& name) {
  std::vector<fs::path> parts, result;
  for (const auto& part : name.relative_path().lexically_normal())
    if (part != ".." && part != "." && !part.empty()) parts.push_back(part);
  for (std::size_t first = 0; first < parts.size(); ++first) {
    fs::path suffix;
    for (auto i = first; i < parts.size(); ++i) suffix /= parts[i];
    result.push_back(suffix);
  }
  return result;
}

/// The name as a recording has it: without the extension, and without ecg-image-kit's page number.
std::vector<fs::path> record_names(fs::path name) {
  if (one_of(name, kPictureExtensions) || one_of(name, kRecordExtensions)) name.replace_extension();
  std::vector<fs::path> names{name};
  const auto text = name.string();
  const auto dash = text.find_last_not_of("0123456789");
  if (dash != std::string::npos && dash + 1 < text.size() && text[dash] == '-' && dash > 0 &&
      text[dash - 1] != '/')
    names.emplace_back(text.substr(0, dash));
  return names;
}

std::string first_few(const std::vector<std::string>& tried) {
  constexpr std::size_t shown = 6;
  std::string text;
  for (std::size_t i = 0; i < std::min(tried.size(), shown); ++i)
    text += (i > 0 ? ", " : "") + tried[i];
  return tried.size() > shown ? cat(text, " and ", tried.size() - shown, " more") : text;
}

}  // namespace

struct Resolver::State {
  std::vector<fs::path> images;
  std::deque<RecordingRoot> recordings;
  AllowedFolders allowed;  ///< all roots

  /// A search in hand: what it is for, and what was tried.
  struct Search {
    std::string name, who;
    std::vector<std::string> tried;
  };

  /// The one of `matches`, which share no more than their last part with the name.
  static std::optional<fs::path> only(const std::vector<fs::path>& matches, const Search& search) {
    if (matches.empty()) return std::nullopt;
    if (matches.size() > 1)
      throw_data(search.who, ": the image '", search.name, "' may be ", matches[0].string(), " or ",
                 matches[1].string(),
                 ", expected one that fits; name its folder in the item, or leave a root out");
    return matches.front();
  }

  /// The first root and longest end of the name for which `exists`.
  template <class List, class Path, class Exists>
  static std::optional<fs::path> by_suffix(const List& roots, const std::vector<fs::path>& ends,
                                           Path path_of, Exists exists, Search& search) {
    std::vector<fs::path> matches;
    for (const auto& end : ends) {
      const bool last_part = &end == &ends.back() && ends.size() > 1;
      for (const auto& root : roots) {
        const auto path = path_of(root) / end;
        if (!exists(path)) {
          search.tried.push_back(path.string());
        } else if (last_part) {
          matches.push_back(path);
        } else {
          return path;
        }
      }
    }
    return only(matches, search);
  }

  std::optional<fs::path> picture(Search& search) const {
    std::vector<fs::path> names{search.name};
    if (one_of(names[0], kRecordExtensions)) return std::nullopt;
    if (!one_of(names[0], kPictureExtensions))
      names = {search.name + ".png", search.name + ".jpg", search.name + ".jpeg"};
    for (const auto& name : names) {
      if (name.is_absolute() && is_picture(name)) return name;
      if (auto found = by_suffix(
              images, suffixes(name), [](const fs::path& root) { return root; }, is_picture,
              search))
        return found;
    }
    return std::nullopt;
  }

  std::optional<fs::path> recording(Search& search) const {
    const auto names = record_names(search.name);
    for (const auto& name : names) {
      if (name.is_absolute() && record_exists(name)) return name;
      for (const auto& root : recordings)
        if (auto found =
                root.by_layout(name.filename().string(), !name.has_parent_path(), search.tried))
          return found;
    }
    for (const auto& name : names)
      if (auto found = by_suffix(
              recordings, suffixes(name), [](const RecordingRoot& root) { return root.path(); },
              record_exists, search))
        return found;
    for (const auto& name : names) {
      std::vector<fs::path> matches;
      for (const auto& root : recordings)
        for (const auto& path : root.by_stem(name.filename().string())) matches.push_back(path);
      if (auto found = only(matches, search)) return found;
    }
    return std::nullopt;
  }
};

Resolver::Resolver(Roots roots) : state_(std::make_unique<State>()) {
  for (const auto& root : roots.images) {
    if (!fs::is_directory(root))
      throw_data("data.image_roots: ", root,
                 " is no folder, expected one of pictures; check the path");
    state_->images.emplace_back(root);
  }
  for (const auto& root : roots.recordings)
    state_->recordings.emplace_back(root, roots.sampling_rate);
  std::vector<fs::path> folders(roots.images.begin(), roots.images.end());
  folders.insert(folders.end(), roots.recordings.begin(), roots.recordings.end());
  state_->allowed = AllowedFolders(folders);
}

Resolver::~Resolver() = default;

ImageLocation Resolver::find(const std::string& name, const std::string& who) const {
  State::Search search{name, who, {}};
  const auto checked = [&](bool recording, const fs::path& path) -> ImageLocation {
    if (state_->allowed.contain(fs::path(recording ? path.string() + ".hea" : path.string())))
      return {recording, path};
    throw_data(who, ": the image '", name, "' is ", path.string(),
               ", which lies outside of its data set, expected a ",
               recording ? "recording below data.recording_roots; add its folder to them"
                         : "picture below data.image_roots; add its folder to them");
  };
  if (auto path = state_->picture(search)) return checked(false, *path);
  if (auto path = state_->recording(search)) return checked(true, *path);
  throw_data(who, ": the image '", name,
             "' was found nowhere, expected a picture or a recording of that name (tried ",
             search.tried.empty() ? "no folder" : first_few(search.tried),
             "); set data.image_roots or data.recording_roots");
}

}  // namespace ecg_lora::instruct
