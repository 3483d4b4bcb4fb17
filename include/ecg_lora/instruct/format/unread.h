// What instruction items hold that nobody reads.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "ecg_lora/base/json.h"

namespace ecg_lora::instruct {

/// Keys (as 'video') and markers in texts (as <video>) of an item that have no meaning here. Keys
/// that only say where an item comes from (id, question_type, metadata …), and empty values, are
/// left out. The names of an ECG (ecg_id, ecg_path, study_id) are such keys only if there is a
/// page.
std::set<std::string> unread_parts(const Json& item);

/// The same over many items.
struct UnreadContent {
  std::map<std::string, std::int64_t> parts;  ///< items that have each
  std::int64_t items = 0;                     ///< that have any

  void add(const std::set<std::string>& item);
  void add(const UnreadContent& others);
  bool empty() const { return items == 0; }
  /// "15 items hold what is not read: 'video' in 12, <signal> in 3; …"
  std::string sentence() const;
};

}  // namespace ecg_lora::instruct
