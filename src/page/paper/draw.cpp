#include "draw.h"

#include <cmath>

namespace ecg_lora::page::paper {
namespace {

constexpr std::uint64_t kStream = 0x7061706572;  // "paper": apart from other uses of the same seed

double rounded(double value) {
  return std::round(value * 1e4) / 1e4;
}

}  // namespace

Draw::Draw(PaperEffect effect, double strength, std::uint64_t seed, std::uint64_t key)
    : applied_{effect_name(effect), strength, Json::object()},
      random_{seed, kStream, key, static_cast<std::uint64_t>(effect)} {}

double Draw::between(const std::string& name, double low, double high) {
  const double value = rounded(random_.uniform(low, high));
  note(name, value);
  return value;
}

double Draw::either_sign(const std::string& name, double low, double high) {
  const double size = rounded(random_.uniform(low, high)),
               value = random_.bernoulli(0.5) ? size : -size;
  note(name, value);
  return value;
}

int Draw::count(const std::string& name, int low, int high) {
  const int value =
      low + static_cast<int>(random_.uniform_int(static_cast<std::uint64_t>(high - low + 1)));
  note(name, value);
  return value;
}

Random Draw::texture(const std::string& name) {
  constexpr std::uint64_t kSeeds = std::uint64_t{1} << 32;
  const auto seed = random_.uniform_int(kSeeds);
  note(name, seed);
  return Random{kStream, seed};
}

void Draw::next_item(const std::string& name) {
  list_ = name;
  if (!applied_.parameters.contains(name)) applied_.parameters[name] = Json::array();
  applied_.parameters[name].push_back(Json::object());
}

}  // namespace ecg_lora::page::paper
