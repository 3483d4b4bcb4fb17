#include "sampling.h"

#include <algorithm>

namespace ecg_lora::decoding {

at::Tensor choose(const at::Tensor& logits, const DecodeOptions& options,
                  const at::Tensor& uniform) {
  if (options.temperature == 0) return logits.argmax(-1);
  const auto count = options.top_k > 0 ? std::min(options.top_k, logits.size(1)) : logits.size(1);
  const auto scaled = logits.to(at::kDouble) / options.temperature;
  const auto [sorted, places] = at::sort(scaled, /*stable=*/true, /*dim=*/-1, /*descending=*/true);
  const auto p = sorted.slice(1, 0, count).softmax(-1);
  // A token stays where those before it have not reached top_p; the likeliest always does.
  const auto kept = at::where((p.cumsum(-1) - p).lt(options.top_p), p, at::zeros_like(p));
  const auto sums = kept.cumsum(-1);
  const auto wanted = uniform.to(sums.device()).unsqueeze(1) * sums.slice(1, -1);
  const auto place = at::searchsorted(sums, wanted, /*out_int32=*/false, /*right=*/true);
  const auto last = kept.gt(0).sum(-1, /*keepdim=*/true) - 1;
  return places.gather(1, at::minimum(place, last)).squeeze(1);
}

}  // namespace ecg_lora::decoding
