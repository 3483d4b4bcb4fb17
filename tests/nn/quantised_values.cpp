// Quantises every tensor of a safetensors file in both formats; writes buffers and dense values for
// check_quantised.py.
#include "ecg_lora/nn/quantised/quantised.h"
#include "ecg_lora/tensorio/safetensors.h"

int main(int argc, char** argv) {
  using namespace ecg_lora;
  if (argc != 3) return 2;
  tensorio::NamedTensors out;
  const tensorio::SafetensorsFile file(argv[1]);
  for (const auto& info : file.tensors())
    for (const auto& [name, kind] :
         {std::pair{"nf4", nn::Quantisation::nf4}, std::pair{"int8", nn::Quantisation::int8}}) {
      const auto prefix = info.name + "." + name + ".";
      const nn::Quantised weight(kind, file.tensor(info.name), at::kCPU);
      for (const auto& buffer : weight->named_buffers())
        out.emplace_back(prefix + buffer.key(), buffer.value());
      for (const auto dtype : {at::kFloat, at::kBFloat16, at::kHalf})
        out.emplace_back(prefix + "dense." + toString(dtype), weight->dense(dtype));
    }
  tensorio::write_safetensors(argv[2], out);
  return 0;
}
