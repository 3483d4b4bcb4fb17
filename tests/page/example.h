// A recording for the tests of pages, made of straight lines and whole-number arithmetic so that it
// is the same on every machine.
#pragma once

#include <array>
#include <cmath>

#include "ecg_lora/base/random.h"
#include "ecg_lora/ecg/wfdb/record.h"

namespace ecg_lora::testing {

/// Ten seconds of the standard leads: ten beats of P, QRS and T as triangles, another size in each
/// lead, with noise of 0.01 mV and wander.
inline wfdb::Record example_record(double sampling_rate = 100) {
  struct Wave {
    double centre_s, half_s, mv;
  };
  constexpr std::array<Wave, 5> waves{{{0.2, 0.05, 0.12},
                                       {0.36, 0.02, -0.1},
                                       {0.39, 0.03, 1.1},
                                       {0.43, 0.03, -0.3},
                                       {0.65, 0.1, 0.3}}};
  wfdb::Record record;
  record.name = "example";
  record.sampling_rate = sampling_rate;
  for (std::size_t lead = 0; lead < wfdb::standard_leads().size(); ++lead) {
    const double size = (lead % 5 == 3 ? -1 : 1) * (0.6 + 0.1 * static_cast<double>(lead));
    Random random{7, lead};
    std::vector<double> samples(static_cast<std::size_t>(10 * sampling_rate));
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const double seconds = static_cast<double>(i) / sampling_rate,
                   beat = seconds - std::floor(seconds);
      double mv = random.uniform(-0.01, 0.01) + 0.05 * std::abs(seconds / 5 - 1);
      for (const auto& wave : waves)
        mv += size * wave.mv * std::max(0.0, 1 - std::abs(beat - wave.centre_s) / wave.half_s);
      samples[i] = mv;
    }
    record.leads.push_back({wfdb::standard_leads()[lead], "mV", std::move(samples)});
  }
  return record;
}

}  // namespace ecg_lora::testing
