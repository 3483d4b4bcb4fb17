// A tiny base with an adapter and a page, made once for all tests of a suite.
#pragma once

#include <memory>
#include <string>

#include "base/expect_error.h"
#include "ecg_lora/data/loader/page_maker.h"
#include "ecg_lora/inference/predictor/open.h"
#include "ecg_lora/model/tiny/tiny_model.h"
#include "ecg_lora/page/render/image.h"
#include "ecg_lora/plan/inference/memory_check.h"

namespace ecg_lora::inference::testing {

/// Two layers of width 32 in the decoder, one of which looks at images.
inline tiny::ModelShape small_shape() {
  tiny::ModelShape shape;
  shape.tile_size = 56, shape.patch_size = 28, shape.max_tiles = 2;
  shape.vision_width = 32, shape.vision_heads = 2, shape.vision_mlp = 64;
  shape.local_layers = 2, shape.global_layers = 1, shape.kept_layers = {0};
  shape.text_width = 32, shape.heads = 2, shape.kv_heads = 1, shape.text_mlp = 64;
  shape.text_layers = 2, shape.cross_layers = {1};
  return shape;
}

inline ModelChoice choice_of(const std::string& base, const std::string& adapter = "") {
  ModelChoice choice{base, adapter};
  choice.compute.device = "cpu", choice.compute.dtype = "fp32";
  return choice;
}

/// The memory of this machine is not what these tests are about.
inline plan::MemoryChecked memory_checked() {
  return plan::require_memory("a test", {}, {}, {}, /*force=*/true);
}

/// Adds an adapter of rank 2 whose factors are not zero.
inline void write_adapter(const std::string& base, const std::string& folder) {
  auto model = load_base(choice_of(base), memory_checked());
  lora::LoraSpec spec;
  spec.rank = 2, spec.alpha = 8;
  lora::inject(model, spec, 1);
  {
    const at::NoGradGuard guard;
    for (auto& [name, tensor] : lora::trainable_parameters(model))
      tensor.copy_(at::linspace(-0.3, 0.4, tensor.numel()).view(tensor.sizes()));
  }
  lora::save_adapter(folder, model, spec, base);
}

/// A picture with a ramp of grey.
inline void write_page(const std::string& file) {
  page::Image image{64, 48, {}};
  for (int i = 0; i < 64 * 48; ++i)
    image.rgb.insert(image.rgb.end(), 3, static_cast<std::uint8_t>(i % 251));
  page::write_png(file, image);
}

class TinyBase : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<Folder>();
    tiny::write_model(base(), small_shape(), 1, "fp32");
    write_adapter(base(), adapter());
    write_page(page().path.string());
  }
  static void TearDownTestSuite() { folder_.reset(); }

  static std::string base() { return (folder_->path / "base").string(); }
  static std::string adapter() { return (folder_->path / "adapter").string(); }
  static data::PageRef page() { return {false, folder_->path / "page.png"}; }
  static std::string in_folder(const std::string& name) { return (folder_->path / name).string(); }

 private:
  struct Folder {
    Folder() { std::filesystem::create_directories(path); }
    ~Folder() {
      std::error_code ignored;
      std::filesystem::remove_all(path, ignored);
    }
    std::filesystem::path path =
        std::filesystem::temp_directory_path() /
        cat("ecg-lora-", ::testing::UnitTest::GetInstance()->current_test_suite()->name(), "-",
            ::getpid());
  };
  static inline std::unique_ptr<Folder> folder_;
};

}  // namespace ecg_lora::inference::testing
