// What reader and table have in common.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ecg_lora {

/// Place of `column`; a data error that lists the present columns and the nearest one if there
/// is none.
std::size_t column_of(const std::vector<std::string>& columns, std::string_view column,
                      const std::string& origin);

}  // namespace ecg_lora
