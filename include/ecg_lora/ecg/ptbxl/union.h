// Labels that are more general than a statement of PTB-XL: unions of several, and classes.
#pragma once

#include <string>
#include <vector>

#include "ecg_lora/ecg/ptbxl/database.h"

namespace ecg_lora::ptbxl {

/// Codes that a union names: "NORM|SR" says that at least one of the two holds. {label} for others.
std::vector<std::string> parts_of(const std::string& label);
/// Whether `label` names several codes.
bool is_union(const std::string& label);
/// The parts of a union in the order of their names, which is how it is called everywhere.
std::string canonical(const std::string& label);

/// Whether who states `general` may mean `statement` by it: it is a part of that union, or of the
/// class or subclass of that name. Codes of PTB-XL mean themselves alone: AMI is a statement first.
bool may_mean(const std::string& general, const Statement& statement);

}  // namespace ecg_lora::ptbxl
