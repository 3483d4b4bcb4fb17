// The two kinds of records that read_record reads.
#pragma once

#include <filesystem>

#include "ecg_lora/ecg/wfdb/record.h"
#include "header.h"

namespace ecg_lora::wfdb {

/// The header's own fields, without leads.
Record start_record(const Header& header);

/// A record of one segment. Throws as read_record does.
Record read_single(const std::filesystem::path& header_path, const Header& header,
                   const ReadOptions& options);

/// A record of several segments, joined; what no segment holds is NaN. Throws as read_record does.
Record read_segments(const std::filesystem::path& header_path, const Header& header,
                     const ReadOptions& options);

}  // namespace ecg_lora::wfdb
