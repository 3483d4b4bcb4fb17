#include "ecg_lora/base/write_together.h"

#include <memory>

#include "ecg_lora/base/file.h"

namespace ecg_lora {
namespace fs = std::filesystem;

namespace {

/// The last is given up first: the first may have created the folder of all.
struct Files {
  std::vector<std::unique_ptr<AtomicFile>> open;
  ~Files() {
    while (!open.empty()) open.pop_back();
  }
};

}  // namespace

void write_together(const std::vector<std::pair<fs::path, std::string>>& files) {
  Files all;
  for (const auto& [path, text] : files) {
    all.open.push_back(std::make_unique<AtomicFile>(path));
    all.open.back()->write(text);
  }
  for (const auto& file : all.open) file->finish();
  for (const auto& file : all.open) file->commit();
}

}  // namespace ecg_lora
