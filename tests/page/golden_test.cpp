// The page that models/pages was trained on. A change of any pixel here needs a new base model.
#include "ecg_lora/base/hash.h"
#include "ecg_lora/page/render/page.h"
#include "example.h"

#include <gtest/gtest.h>

namespace ecg_lora::page {
namespace {

std::string pixels(const Page& page) {
  return sha256({reinterpret_cast<const char*>(page.image.rgb.data()), page.image.rgb.size()});
}

TEST(Golden, TheDefaultPageIsThatOfTheBaseModel) {
  EXPECT_EQ(pixels(draw_page(testing::example_record(100), {})),
            "3e3818d4f99ac33cc34ee7fd670ea403701e6bce124584d71925c527d3de155a");
  EXPECT_EQ(pixels(draw_page(testing::example_record(500), {})),
            "a9cb400758fd13f90b0f7b7e6fa6376f7b49e708bb793aca9eaf4da923eeea03");
}

}  // namespace
}  // namespace ecg_lora::page
