#include "beat_schedule.h"

#include <algorithm>
#include <cmath>

#include "beat_times.h"
#include "ecg_lora/base/two_pi.h"

namespace ecg_lora::synthetic {
namespace {

constexpr double kFlutterToQrs = 0.12;  // s from the start of the conducted flutter wave to QRS

using Kind = AtrialEvent::Kind;

/// Fills a schedule by one mechanism.
class Scheduler {
 public:
  Scheduler(const Morphology& m, double seconds, Random& random)
      : m_(m), rhythm_(m.rhythm), end_(seconds + m.rr()), seconds_(seconds), random_(random) {
    start_ = -(1 + random.uniform()) * m.rr() - 0.5;
    breath_ = random.uniform(0, kTwoPi);
  }

  Schedule run() {
    switch (rhythm_.mechanism) {
      case Mechanism::fibrillation:
        fibrillation();
        break;
      case Mechanism::flutter:
        flutter();
        break;
      case Mechanism::reentry:
        reentry();
        break;
      case Mechanism::dropped:
        dropped();
        break;
      case Mechanism::dissociated:
        dissociated();
        break;
      case Mechanism::paced:
        paced();
        break;
      default:
        sinus();
    }
    for (std::size_t i = 0; i < result_.ventricles.size(); ++i) {
      result_.ventricles[i].rr =
          i == 0 ? m_.rr() : result_.ventricles[i].onset - result_.ventricles[i - 1].onset;
    }
    return std::move(result_);
  }

 private:
  /// Distance of the sinus beat at `time` from the next.
  double distance(double time) {
    const double swing =
        rhythm_.breathing * std::sin(kTwoPi * m_.variation.breath_rate * time + breath_);
    const double chance = m_.rr_irregularity * std::clamp(random_.normal(), -2.2, 2.8);
    return std::max(kShortestRr, m_.rr() * (1 + swing + chance));
  }

  void p(double onset, Kind kind = Kind::sinus, bool spike = false) {
    result_.atria.push_back({onset, kind, spike});
  }
  void qrs(double onset, bool focus = false, bool spike = false) {
    result_.ventricles.push_back({onset, 0, focus, spike});
  }

  enum class Premature { none, atrial, ventricular };
  using Moments = std::vector<std::pair<double, Premature>>;

  /// Moments after which the next beat is premature, apart by at least three beats.
  Moments premature_moments() {
    std::vector<Premature> kinds(
        static_cast<std::size_t>(std::llround(rhythm_.atrial_premature * seconds_ / 10)),
        Premature::atrial);
    kinds.insert(
        kinds.end(),
        static_cast<std::size_t>(std::llround(rhythm_.ventricular_premature * seconds_ / 10)),
        Premature::ventricular);
    random_.shuffle(kinds);
    Moments moments;
    const double slot =
        (seconds_ - 1.5 * m_.rr() - 0.3) / std::max<double>(1, static_cast<double>(kinds.size()));
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      const double room = std::max(0.0, slot - 3 * m_.rr());
      moments.emplace_back(0.3 + static_cast<double>(i) * slot + random_.uniform(0, room),
                           kinds[i]);
    }
    return moments;
  }

  /// Whether beat number `beat` after a QRS at `last_qrs` is premature: by the pattern, else as
  /// soon as the next of `moments` has passed, which is then taken.
  Premature premature(int beat, double last_qrs, const Moments& moments, std::size_t& next) const {
    if (rhythm_.pattern > 0 && beat % rhythm_.pattern == rhythm_.pattern - 1)
      return rhythm_.pattern_atrial ? Premature::atrial : Premature::ventricular;
    if (next < moments.size() && last_qrs > moments[next].first) return moments[next++].second;
    return Premature::none;
  }

  void sinus() {
    const auto moments = premature_moments();
    std::size_t next_moment = 0;
    double sinus = start_, last_p = start_ - m_.rr(), last_qrs = last_p + m_.pr_interval;
    for (int beat = 0; sinus < end_; ++beat) {
      const Premature kind = premature(beat, last_qrs, moments, next_moment);
      const double early = rhythm_.coupling * m_.rr() + random_.uniform(-0.012, 0.012);
      if (kind == Premature::atrial) {  // resets the sinus node: no compensatory pause
        last_p += std::max(early, 0.36);
        p(last_p, Kind::ectopic);
        last_qrs = last_p + m_.pr_interval + random_.uniform(-0.015, 0.02);
        qrs(last_qrs);
        sinus = last_p + 1.06 * distance(last_p);
      } else {
        p(sinus);
        if (kind == Premature::ventricular) {  // the sinus node keeps its time: its P finds the
                                               // ventricles refractory
          qrs(last_qrs + std::max(early, 0.36), true);
        } else {
          qrs(sinus + m_.pr_interval);
        }
        last_p = sinus;
        last_qrs = result_.ventricles.back().onset;
        sinus += distance(sinus);
      }
    }
  }

  void fibrillation() {
    const auto moments = premature_moments();
    std::size_t next_moment = 0;
    for (double time = start_; time < end_;) {
      qrs(time);
      const bool early = next_moment < moments.size() && time > moments[next_moment].first;
      if (early) {
        ++next_moment;
        qrs(time + std::max(0.36, rhythm_.coupling * m_.rr()), true);
        time = result_.ventricles.back().onset + 0.35 * m_.rr();
      }
      time += distance(time);
    }
  }

  void flutter() {
    const double cycle = 60 / rhythm_.atrial_rate;
    result_.flutter_start = start_;
    for (double wave = 0; start_ + wave * cycle < end_;) {
      qrs(start_ + wave * cycle + kFlutterToQrs + random_.uniform(-0.006, 0.006));
      wave += rhythm_.ratio > 0 ? rhythm_.ratio : 2 + static_cast<int>(random_.uniform_int(3));
    }
  }

  void reentry() {
    const double after_qrs = random_.uniform(0.07, 0.1);
    for (double time = start_; time < end_; time += distance(time)) {
      qrs(time);
      if (!rhythm_.hidden_atria) p(time + m_.qrs_duration + after_qrs - 0.07, Kind::retrograde);
    }
  }

  void dropped() {
    int place = static_cast<int>(random_.uniform_int(static_cast<std::uint64_t>(rhythm_.group)));
    for (double time = start_; time < end_;
         time += distance(time), place = (place + 1) % rhythm_.group) {
      p(time);
      if (place == rhythm_.group - 1) continue;
      // The growth shrinks from beat to beat, so that the distance of the beats shortens before the
      // pause.
      double growth = 0;
      for (int k = 0; k < place; ++k) growth += rhythm_.pr_growth * std::pow(0.6, k);
      qrs(time + m_.pr_interval + growth);
    }
  }

  void dissociated() {
    const double rr = 60 / rhythm_.atrial_rate;
    for (double time = start_; time < end_; time += rr * (1 + 0.02 * random_.normal())) p(time);
    for (double time = start_ + random_.uniform(0, rr); time < end_; time += distance(time))
      qrs(time, rhythm_.wide_escape);
  }

  void paced() {
    const double delay = m_.pr_interval;
    for (double time = start_; time < end_; time += m_.rr()) {
      if (rhythm_.atrial_pacing) p(time - delay, Kind::sinus, true);
      qrs(time, true, true);
    }
    if (rhythm_.atrial_pacing || rhythm_.hidden_atria) return;
    const double rr = 60 / rhythm_.atrial_rate;  // a sinus node that no longer leads
    for (double time = start_ + random_.uniform(0, rr); time < end_;
         time += rr * (1 + 0.02 * random_.normal()))
      p(time);
  }

  const Morphology& m_;
  const Rhythm& rhythm_;
  double start_ = 0, end_, seconds_, breath_ = 0;
  Random& random_;
  Schedule result_;
};

}  // namespace

Schedule schedule(const Morphology& morphology, double seconds, Random& random) {
  return Scheduler(morphology, seconds, random).run();
}

}  // namespace ecg_lora::synthetic
