// The names of provenance/identity.h as the commands call them.
#pragma once

#include "ecg_lora/provenance/identity.h"

namespace ecg_lora::tools {

using provenance::FileSums;
using provenance::instruction_identity;
using provenance::model_identity;
using provenance::page_identity;
using provenance::table_identity;

}  // namespace ecg_lora::tools
