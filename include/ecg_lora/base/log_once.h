// Warnings that several steps of one command would give again.
#pragma once

#include <string>

namespace ecg_lora {

/// log_warn(), unless this process has given the same message before. From any thread.
void warn_once(const std::string& message);

}  // namespace ecg_lora
