// Pages to PNG: render/png against OpenCV's fastest settings and libspng's. The counter `kB` is the
// size of the file.
#include <benchmark/benchmark.h>

#ifdef OWN_CODE_SPNG
#include <spng.h>
#endif

#include <cstdlib>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "ecg_lora/page/render/page.h"
#include "ecg_lora/synthetic/heart/signal.h"

namespace {

using namespace ecg_lora;

page::Image drawn_page(const std::string& paper) {
  Random random{1};
  page::PageConfig config;
  config.paper = paper;
  const auto record = synthetic::synthesise(synthetic::Morphology{}, 10, 500, random);
  return page::draw_page(record, config).image;
}

template <class Encode>
void add(const std::string& name, const std::string& paper, Encode encode) {
  const auto run = [=](benchmark::State& state) {
    const auto image = drawn_page(paper);
    std::size_t size = 0;
    for (auto _ : state) benchmark::DoNotOptimize(size = encode(image));
    state.counters["kB"] = static_cast<double>(size) / 1000;
  };
  benchmark::RegisterBenchmark(("png/" + paper + "/" + name).c_str(), run)
      ->Unit(benchmark::kMillisecond);
}

std::size_t opencv_size(const page::Image& image, int level, int strategy) {
  const cv::Mat rgb(image.height, image.width, CV_8UC3,
                    const_cast<std::uint8_t*>(image.rgb.data()));
  cv::Mat bgr;
  cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
  std::vector<unsigned char> bytes;
  cv::imencode(".png", bgr, bytes,
               {cv::IMWRITE_PNG_COMPRESSION, level, cv::IMWRITE_PNG_STRATEGY, strategy});
  return bytes.size();
}

#ifdef OWN_CODE_SPNG
std::size_t spng_size(const page::Image& image, int level, int filter) {
  spng_ctx* const context = spng_ctx_new(SPNG_CTX_ENCODER);
  spng_set_option(context, SPNG_ENCODE_TO_BUFFER, 1);
  spng_set_option(context, SPNG_IMG_COMPRESSION_LEVEL, level);
  spng_set_option(context, SPNG_FILTER_CHOICE, filter);
  spng_ihdr header{static_cast<std::uint32_t>(image.width),
                   static_cast<std::uint32_t>(image.height),
                   8,
                   SPNG_COLOR_TYPE_TRUECOLOR,
                   0,
                   0,
                   0};
  spng_set_ihdr(context, &header);
  spng_encode_image(context, image.rgb.data(), image.rgb.size(), SPNG_FMT_PNG,
                    SPNG_ENCODE_FINALIZE);
  std::size_t size = 0;
  int error = 0;
  std::free(spng_get_png_buffer(context, &size, &error));
  spng_ctx_free(context);
  return size;
}
#endif

void add_all(const std::string& paper) {
  add("own", paper, [](const page::Image& image) { return page::encode_png(image).size(); });
  const std::pair<const char*, int> strategies[] = {
      {"default", cv::IMWRITE_PNG_STRATEGY_DEFAULT},
      {"filtered", cv::IMWRITE_PNG_STRATEGY_FILTERED},
      {"huffman", cv::IMWRITE_PNG_STRATEGY_HUFFMAN_ONLY},
      {"rle", cv::IMWRITE_PNG_STRATEGY_RLE},
      {"fixed", cv::IMWRITE_PNG_STRATEGY_FIXED}};
  for (const auto& [name, strategy] : strategies)
    add(std::string("opencv_1_") + name, paper, [strategy = strategy](const page::Image& image) {
      return opencv_size(image, 1, strategy);
    });
#ifdef OWN_CODE_SPNG
  for (const auto& [name, filter] :
       {std::pair{"none", SPNG_FILTER_CHOICE_NONE}, std::pair{"up", SPNG_FILTER_CHOICE_UP}})
    add(std::string("spng_1_") + name, paper,
        [filter = filter](const page::Image& image) { return spng_size(image, 1, filter); });
#endif
}

}  // namespace

int main(int argc, char** argv) {
  cv::setNumThreads(1);
  for (const char* paper : {"model", "letter"}) add_all(paper);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
