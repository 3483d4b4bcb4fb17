#include "ecg_lora/base/new_folders.h"

#include "ecg_lora/base/error.h"
#include "output_path.h"

namespace ecg_lora {

namespace fs = std::filesystem;

NewFolders::NewFolders(const fs::path& output) {
  std::error_code error;
  for (auto at = fs::absolute(output, error).parent_path();
       at.has_relative_path() && !fs::exists(at, error); at = at.parent_path())
    created_.push_back(at);
  create_parent(output);
}

NewFolders::~NewFolders() {
  std::error_code not_empty;
  for (const auto& folder : created_) fs::remove(folder, not_empty);
}

}  // namespace ecg_lora
