// The random side of an effect: every number that is drawn is noted under its name.
#pragma once

#include <string>

#include "ecg_lora/base/random.h"
#include "ecg_lora/page/paper/paper.h"

namespace ecg_lora::page::paper {

/// Draws the parameters of one effect from a stream of its own, so that no effect changes what
/// another draws.
class Draw {
 public:
  Draw(PaperEffect effect, double strength, std::uint64_t seed, std::uint64_t key);

  double strength() const { return applied_.strength; }
  /// Uniform in [low, high], rounded to 1e-4 so that the note is short and exact.
  double between(const std::string& name, double low, double high);
  /// Of size [low, high] and either sign.
  double either_sign(const std::string& name, double low, double high);
  /// Uniform whole number, both ends included.
  int count(const std::string& name, int low, int high);
  /// A stream for a texture of many numbers; the note is its seed.
  Random texture(const std::string& name);
  /// What follows is noted in a new element of the list `name`.
  void next_item(const std::string& name);
  /// What follows is noted at the top again.
  void end_items() { list_.clear(); }
  /// Notes a value that follows from others.
  void note(const std::string& name, const Json& value) { target()[name] = value; }

  AppliedEffect applied() const { return applied_; }

 private:
  Json& target() { return list_.empty() ? applied_.parameters : applied_.parameters[list_].back(); }

  AppliedEffect applied_;
  Random random_;
  std::string list_;
};

}  // namespace ecg_lora::page::paper
