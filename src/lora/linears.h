// The linears of a model by their names on disk.
#pragma once

#include <map>
#include <string>

#include "ecg_lora/model/mllama/mllama.h"

namespace ecg_lora::lora {

std::map<std::string, nn::LinearImpl*> linears_of(const model::Mllama& model);

}  // namespace ecg_lora::lora
